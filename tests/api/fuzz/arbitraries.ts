import { KindGuard, type TSchema } from '@sinclair/typebox';
import fc, { type Arbitrary } from 'fast-check';

/**
 * Stands for something that is only known when the request is sent: `{{orderId:3}}` is the third
 * order known then, `{{mark}}` the mark of the shop that asks.
 */
export const token = (name: string, index?: number): string =>
  index === undefined ? `{{${name}}}` : `{{${name}:${index}}}`;

/** Ids that answers tell and later requests name, by the name of their field. */
export const REMEMBERED = [
  'orderId',
  'customerId',
  'debtId',
  'paymentId',
  'lineId',
  'productId',
  'categoryId',
  'reservationId',
  'drawerId',
  'userId',
  'deliveryId',
  'processId',
  'alertId',
  'nextCursor',
  'position',
] as const;

const TOKENS: readonly string[] = REMEMBERED;
const ABSENT = Symbol('absent');
const MAX_ITEMS = 4;
const MAX_TEXT = 60;
// eslint-disable-next-line no-control-regex -- texts that the API takes have none of these
const UNSAFE = /[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/u;

const known = (name: string): Arbitrary<unknown> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.nat(1_000).map((index) => token(name, index)) },
    { weight: 1, arbitrary: fc.nat(1_000).map((index) => token(`foreign-${name}`, index)) },
  );

const days = fc.oneof(
  fc.constantFrom('2024-02-29', '2026-11-24', '2099-12-31', '1970-01-01'),
  fc.integer({ min: 0, max: 20_000 }).map((day) => new Date(day * 86_400_000).toISOString()),
);

/** Fields whose schema does not say what makes them work together. */
const BY_NAME: Readonly<Record<string, Arbitrary<unknown>>> = {
  currency: fc.oneof(
    { weight: 15, arbitrary: fc.constant('USD') },
    { weight: 1, arbitrary: fc.constantFrom('EUR', 'JPY', 'KWD', 'XQX') },
  ),
  quantity: fc.constantFrom('1', '2', '3', '0.5', '1.25', '0.00001', '999999.99999', '0'),
  percentage: fc.constantFrom('0', '5', '7.25', '10', '100', '33.3333333', '9999'),
  /** That of the users who sign in, or another one. */
  pin: fc.constantFrom('4711', '9382', '5830'),
  refreshToken: fc.nat(9).map((index) => token('refresh', index)),
  cursor: fc.nat(1_000).map((index) => token('nextCursor', index)),
};

function textOf(schema: TSchema): Arbitrary<unknown> {
  const {
    pattern,
    format,
    minLength = 0,
    maxLength = MAX_TEXT,
  } = schema as {
    pattern?: string;
    format?: string;
    minLength?: number;
    maxLength?: number;
  };
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  if (format === 'date') return days.map((day) => day.slice(0, 10));
  const plain = fc
    .string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, MAX_TEXT) })
    .filter((text) => !UNSAFE.test(text));
  if (maxLength < MAX_TEXT) return plain;
  return fc.oneof(
    fc.constant(token('mark')),
    plain.map((text) => token('mark') + text),
    plain,
  );
}

function wholeOf({ minimum = 0, maximum = 1_000 }: { minimum?: number; maximum?: number }) {
  const most = Math.min(maximum, minimum + 2_000);
  return fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: minimum, max: most }) },
    { weight: 1, arbitrary: fc.constantFrom(minimum, maximum) },
    { weight: 1, arbitrary: fc.maxSafeInteger().map((n) => Math.min(maximum, Math.abs(n) + 1)) },
  );
}

function objectOf(schema: TSchema): Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, TSchema>;
    required?: readonly string[];
  };
  const fields: Record<string, Arbitrary<unknown>> = {};
  for (const [name, property] of Object.entries(properties)) {
    const value = valueFor(property, name);
    fields[name] = required.includes(name)
      ? value
      : fc.oneof({ weight: 4, arbitrary: fc.constant(ABSENT) }, { weight: 1, arbitrary: value });
  }
  return fc
    .record(fields)
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ABSENT)));
}

/** Names and values of a record, whose schema has a pattern for the names. */
function recordOf(schema: TSchema): Arbitrary<unknown> {
  const { patternProperties } = schema as unknown as {
    patternProperties: Record<string, TSchema>;
  };
  const entries = Object.entries(patternProperties).map(([pattern, value]) =>
    fc.dictionary(fc.stringMatching(new RegExp(pattern)), valueFor(value), { maxKeys: MAX_ITEMS }),
  );
  return fc.oneof(...entries);
}

/** Values that a schema takes, most of them such as a shop would send. */
export function valueFor(schema: TSchema, name = ''): Arbitrary<unknown> {
  const named = BY_NAME[name];
  if (named) return named;
  if (TOKENS.includes(name)) return known(name);
  if (KindGuard.IsObject(schema)) return objectOf(schema);
  if (KindGuard.IsRecord(schema)) return recordOf(schema);
  if (KindGuard.IsArray(schema)) {
    const { minItems = 0 } = schema as { minItems?: number };
    const item = valueFor(schema.items, name.replace(/s$/, ''));
    return fc.array(item, { minLength: minItems, maxLength: MAX_ITEMS });
  }
  if (KindGuard.IsUnion(schema)) return fc.oneof(...schema.anyOf.map((one) => valueFor(one, name)));
  if (KindGuard.IsLiteral(schema)) return fc.constant(schema.const);
  if (KindGuard.IsString(schema)) return textOf(schema);
  if (KindGuard.IsInteger(schema)) return wholeOf(schema);
  if (KindGuard.IsNumber(schema)) return fc.double({ noNaN: true, min: -1e9, max: 1e9 });
  if (KindGuard.IsBoolean(schema)) return fc.boolean();
  if (KindGuard.IsNull(schema)) return fc.constant(null);
  if (KindGuard.IsUnknown(schema)) return fc.jsonValue({ maxDepth: 3 });
  throw new Error(`expected a schema that values can be made for, found ${JSON.stringify(schema)}`);
}
