import { type TSchema, Type } from '@sinclair/typebox';

import { Day, optional } from '../domain/kernel/schema.ts';
import { DEFAULT_PAGE, MAX_PAGE } from '../engine/projections/reads.ts';

/** In every response to a write: the entity's revision, and its position in the log. */
export const written = {
  revision: Type.Integer({ minimum: 0, description: 'Revision of the entity, for If-Match.' }),
  position: Type.String({ description: 'Pass it to a query to see this write.' }),
};

export const pageQuery = {
  limit: optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_PAGE,
      description: `Items per page; ${DEFAULT_PAGE} by default.`,
    }),
  ),
  cursor: optional(
    Type.String({
      minLength: 1,
      maxLength: 2_000,
      description: 'nextCursor of the previous page.',
    }),
  ),
};

/** A range of business days, both inclusive. */
export const daysQuery = { from: optional(Day), to: optional(Day) };

export function pageOf<S extends TSchema>(item: S) {
  return Type.Object({
    items: Type.Array(item),
    nextCursor: optional(Type.String({ description: 'Absent on the last page.' })),
  });
}
