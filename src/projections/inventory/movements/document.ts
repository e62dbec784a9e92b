import { type Static, Type } from '@sinclair/typebox';

import { oneOf, strict } from '../../../domain/kernel/schema.ts';

export const MOVEMENT_KINDS = [
  'replenished',
  'adjusted',
  'reserved',
  'released',
  'expired',
  'confirmed',
  'transferred-out',
  'transferred-in',
] as const;

/** One change of a stock. What is on hand is the sum of the changes. */
export const StockMovementSchema = strict(
  {
    productId: Type.String(),
    locationId: Type.String(),
    kind: oneOf(MOVEMENT_KINDS),
    change: Type.Integer({ description: 'Units that came in; below 0: that went out.' }),
    reservedChange: Type.Integer({ description: 'Units reserved; below 0: no longer reserved.' }),
    onHand: Type.Integer(),
    reserved: Type.Integer(),
    reference: Type.Optional(
      Type.String({ description: 'The delivery, reason, reservation or transfer.' }),
    ),
    at: Type.String(),
    by: Type.String({ description: 'Who did it: the id of a key, a user or a process.' }),
  },
  { $id: 'StockMovement' },
);

export type StockMovement = Static<typeof StockMovementSchema>;
