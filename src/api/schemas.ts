import { Type, type Static, type TSchema } from '@sinclair/typebox';

import { DEFAULT_PAGE, MAX_PAGE } from '../engine/projections/reads.ts';

const MAX = Number.MAX_SAFE_INTEGER;

export const Id = Type.String({ minLength: 1, maxLength: 200 });
export const Name = Type.String({ minLength: 1, maxLength: 512 });
export const Text = Type.String({ minLength: 1, maxLength: 1_000 });
export const Note = Type.String({ maxLength: 2_000 });
export const Currency = Type.String({
  pattern: '^[A-Z]{3}$',
  description: 'ISO 4217 code, such as EUR.',
});
export const Day = Type.String({ format: 'date', description: 'Business day, YYYY-MM-DD.' });
export const Minor = Type.Integer({
  minimum: 0,
  maximum: MAX,
  description: 'Minor units of the currency.',
});
export const Positive = Type.Integer({
  minimum: 1,
  maximum: MAX,
  description: 'Minor units of the currency, above 0.',
});
export const Quantity = Type.String({
  pattern: '^\\d+(\\.\\d{1,5})?$',
  maxLength: 12,
  description: 'A decimal above 0 with up to 5 places, as text.',
});
export const Percentage = Type.String({
  pattern: '^\\d{1,4}(\\.\\d{1,7})?$',
  description: 'A decimal with up to 7 places, as text: 7.25 is 7.25 %.',
});

/** One of the given texts, told one by one in the documentation and in errors. */
export const oneOf = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.Union(values.map((value) => Type.Literal(value))));

/** What every answer to a write says: how far the entity has come, and where that is in the log. */
export const written = {
  revision: Type.Integer({ minimum: 0, description: 'Of the entity; for If-Match.' }),
  position: Type.String({ description: 'Give it to a query to see this write.' }),
};

export const pageQuery = {
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_PAGE,
      description: `Items of a page; ${DEFAULT_PAGE} when absent.`,
    }),
  ),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 2_000, description: 'nextCursor of the page before.' }),
  ),
};

/** A range of business days, both inclusive. */
export const daysQuery = { from: Type.Optional(Day), to: Type.Optional(Day) };

export function pageOf<S extends TSchema>(item: S) {
  return Type.Object({
    items: Type.Array(item),
    nextCursor: Type.Optional(Type.String({ description: 'Absent on the last page.' })),
  });
}

export const OrderParams = Type.Object({ orderId: Id });
export const CustomerParams = Type.Object({ customerId: Id });
export type OrderParams = Static<typeof OrderParams>;
