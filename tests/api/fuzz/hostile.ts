import fc, { type Arbitrary } from 'fast-check';

/** A piece of JSON text that `JSON.stringify` would never write: `"<<raw:1e400>>"`. */
const raw = (text: string): string => `<<raw:${text}>>`;

/** Puts the raw pieces into the text that has been made of a value. */
export const withRawPieces = (json: string): string => json.replace(/"<<raw:(.*?)>>"/g, '$1');

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { a: value };
  return value;
}

const named = (name: string): object =>
  Object.defineProperty({}, name, { value: { polluted: true }, enumerable: true });

export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\u00a0\u2003',
  '0',
  '-1',
  '1e3',
  'NaN',
  '٣',
  '１',
  '\u0000',
  'a\u0007b',
  '\r\nX-Injected: 1',
  '\ud800',
  'a\udc00b',
  '\u202egnp.exe',
  '\ufeff',
  '\uffff',
  '\u2028',
  'e\u0301'.repeat(50),
  '👩‍👩‍👧‍👦'.repeat(20),
  '../../etc/passwd',
  '%00%0d%0a',
  "' OR '1'='1",
  '"; DROP TABLE events; --',
  '{"$gt":""}',
  '${7*7}{{7*7}}<%= 7 %>',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  'order-b.1',
  '2030-02-30',
  '0000-00-00',
  'x'.repeat(201),
  'x'.repeat(2_001),
  'x'.repeat(70_000),
];

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  -0.0001,
  1e21,
  1e308,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  ...['-0', '1e400', '-1e400', '9007199254740993', '1.0', '1e2', '123456789012345678901234'].map(
    raw,
  ),
  [],
  {},
  [[]],
  [null],
  { $ne: null },
  { $gt: '' },
  { length: 1e9 },
  { toString: 1, valueOf: 2 },
  { toJSON: 'x' },
  named('__proto__'),
  nested(31),
  nested(40),
  raw(`${'['.repeat(3_000)}1${']'.repeat(3_000)}`),
  new Array(1_001).fill(1),
];

export const hostileValues: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...VALUES),
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.jsonValue({ maxDepth: 2 }),
);

const FIELD_NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toJSON',
  'storeId',
  '$where',
  '',
  '0',
  'a/b~c',
  'a\u0000',
  'a\ud800',
  'x'.repeat(1_000),
] as const;

type Parent = Record<string, unknown>;

/** Every place in a value as its parent and its name there. */
function placesIn(value: unknown, found: [Parent, string][] = []): [Parent, string][] {
  if (value === null || typeof value !== 'object') return found;
  for (const name of Object.keys(value)) {
    found.push([value as Parent, name]);
    placesIn((value as Parent)[name], found);
  }
  return found;
}

function put(parent: Parent, name: string, value: unknown): void {
  Object.defineProperty(parent, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

type Change = (body: unknown, at: number) => unknown;

function changing(change: (parent: Parent, name: string) => void): Change {
  return (body, at) => {
    const copy = structuredClone(body);
    const places = placesIn(copy);
    const place = places[at % Math.max(1, places.length)];
    if (place) change(...place);
    return copy;
  };
}

const changes: Arbitrary<Change> = fc.oneof(
  {
    weight: 6,
    arbitrary: hostileValues.map((value) => changing((p, name) => put(p, name, value))),
  },
  {
    weight: 2,
    arbitrary: fc.constant(changing((parent, name) => Reflect.deleteProperty(parent, name))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...FIELD_NAMES), hostileValues)
      .map(([name, value]) => changing((parent) => put(parent, name, value))),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(2, 101, 501, 5_001).map((times) =>
      changing((parent, name) => {
        put(parent, name, new Array(times).fill(parent[name]));
      }),
    ),
  },
  { weight: 1, arbitrary: hostileValues.map((value) => () => value) },
);

/** The bodies with one or two things wrong, somewhere in them. */
export function spoiled(bodies: Arbitrary<unknown>): Arbitrary<unknown> {
  const where = fc.tuple(changes, fc.nat(1_000));
  return fc
    .tuple(bodies, fc.array(where, { minLength: 1, maxLength: 2 }))
    .map(([body, steps]) => steps.reduce((now, [change, at]) => change(now, at), body));
}
