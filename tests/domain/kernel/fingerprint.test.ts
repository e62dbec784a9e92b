import fc from 'fast-check';

import {
  canonicalJson,
  differingFields,
  fieldHashes,
  shortHash,
} from '../../../src/domain/kernel/fingerprint.ts';

const json = fc.jsonValue({ maxDepth: 2, depthSize: 'xsmall' });
const names = fc.oneof(
  fc.constantFrom(
    'type',
    'data',
    'amount',
    'note',
    'lines',
    '__proto__',
    'constructor',
    'toString',
  ),
  fc.string({ maxLength: 5 }),
);
/** As it comes from a client: parsed JSON, so that any name can be a field of its own. */
const fields = fc.array(fc.tuple(names, json), { maxLength: 5 }).map((entries) => {
  const members = entries.map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  return JSON.parse(`{${members.join(',')}}`) as Record<string, unknown>;
});
const command = fc.record({ type: fc.constantFrom('Add', 'Take', 'Open'), data: fields });

/** The same value with the keys of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, inner]) => [key, reversed(inner)]));
}

describe('canonical JSON', () => {
  it('sorts the keys of every object and leaves out what is absent', () => {
    const value = { b: [{ d: 1, c: undefined }, null, undefined], a: { z: 'é', y: -0 } };
    expect(canonicalJson(value)).toBe('{"a":{"y":0,"z":"é"},"b":[{"d":1},null,null]}');
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('keeps a field named __proto__', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":1,"a":2}'))).toBe('{"__proto__":1,"a":2}');
  });

  it('tells 1 from "1", null from absent, and an empty list from an empty object', () => {
    const texts = [1, '1', null, [], {}, { a: null }, [null], true, 'true', ''].map(canonicalJson);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('keeps the order of a list', () => {
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
  });
});

describe('a short hash', () => {
  it('is eleven characters of base 36, and always the same', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(shortHash(text)).toMatch(/^[0-9a-z]{11}$/);
        expect(shortHash(text)).toBe(shortHash(text));
      }),
    );
  });

  // Fingerprints stand in events for ever: another function would refuse every old command's repeat.
  it.each([
    ['', '1nshby3kyj4'],
    ['Add', '0hreku3w3r6'],
    ['{"a":1}', '2e8iq3dkpbi'],
  ])('of %j stays what it has been', (text, hash) => {
    expect(shortHash(text)).toBe(hash);
  });

  it('differs for texts that differ in one place', () => {
    const texts = Array.from({ length: 10_000 }, (_, n) => `{"amountMinor":${n}}`);
    texts.push(...Array.from({ length: 300 }, (_, n) => 'a'.repeat(n)));
    texts.push(...Array.from({ length: 5_000 }, (_, n) => String.fromCharCode(n + 0x400)));
    expect(new Set(texts.map(shortHash)).size).toBe(texts.length);
  });
});

describe('the fields in which two commands differ', () => {
  const differing = (a: { type: string; data: unknown }, b: { type: string; data: unknown }) =>
    differingFields(fieldHashes(a), fieldHashes(b));

  it('are none for the same command with its keys in another order', () => {
    fc.assert(
      fc.property(command, (given) => {
        const other = { type: given.type, data: reversed(given.data) };
        expect(differing(given, other)).toStrictEqual([]);
      }),
    );
  });

  it('are none exactly when type and canonical data are equal', () => {
    const similar = command.chain((a) =>
      fc.tuple(
        fc.constant(a),
        fc.oneof(
          command,
          fc.record({ type: fc.constantFrom('Add', 'Take'), data: fc.constant(a.data) }),
          fields.map((more) => ({ type: a.type, data: { ...a.data, ...more } })),
        ),
      ),
    );
    fc.assert(
      fc.property(similar, ([a, b]) => {
        const same = a.type === b.type && canonicalJson(a.data) === canonicalJson(b.data);
        expect(differing(a, b).length === 0).toBe(same);
      }),
      { numRuns: 300 },
    );
  });

  it('are exactly those whose canonical values differ, in alphabetical order', () => {
    const ordinary = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat({ max: 2 }));
    fc.assert(
      fc.property(ordinary, ordinary, (a, b) => {
        const expected = ['a', 'b', 'c', 'd'].filter((name) => a[name] !== b[name]);
        expect(differing({ type: 'Add', data: a }, { type: 'Add', data: b })).toStrictEqual(
          expected,
        );
      }),
    );
  });

  it('are the same after the hashes were stored as JSON', () => {
    fc.assert(
      fc.property(command, command, (a, b) => {
        const stored = JSON.parse(JSON.stringify(fieldHashes(a))) as Record<string, string>;
        expect(differingFields(stored, fieldHashes(b))).toStrictEqual(differing(a, b));
      }),
    );
  });

  it('name `type` for another command, also when its data has a field of that name', () => {
    const data = { type: 'cash', amount: 1 };
    expect(differing({ type: 'Add', data }, { type: 'Take', data })).toStrictEqual(['type']);
    const other = { type: 'Add', data: { type: 'card', amount: 1 } };
    expect(differing({ type: 'Add', data }, other)).toStrictEqual(['type']);
  });

  it('do not count a field that is undefined', () => {
    const a = { type: 'Add', data: { amount: 1, note: undefined } };
    expect(differing(a, { type: 'Add', data: { amount: 1 } })).toStrictEqual([]);
  });
});
