import { type Static, Type } from '@sinclair/typebox';

import { strict } from '../../../domain/kernel/schema.ts';

/** What there is of a product in one place. */
export const StockLevelSchema = strict(
  {
    stockId: Type.String({ description: 'Its present stream: period, location and product.' }),
    productId: Type.String(),
    locationId: Type.String(),
    revision: Type.Integer(),
    onHand: Type.Integer(),
    reserved: Type.Integer({ description: 'Units of those on hand that are reserved.' }),
    available: Type.Integer({ description: 'On hand - reserved.' }),
    reservations: Type.Integer({ description: 'Reservations that are not ended.' }),
    threshold: Type.Optional(Type.Integer()),
    low: Type.Boolean({ description: 'At or below its threshold, or below 0.' }),
    updatedAt: Type.String(),
  },
  { $id: 'StockLevel' },
);

export type StockLevel = Static<typeof StockLevelSchema>;

/** As it is stored: with the field that lists are filtered by. */
export interface StoredLevel extends StockLevel {
  readonly lowText: 'yes' | 'no';
  /** `<product> <location>`: the order of lists. */
  readonly place: string;
}
