import { type Static, Type } from '@sinclair/typebox';

const text = Type.String();

/** One event of an order, including refusals and late reports. */
export const OrderHistoryEntrySchema = Type.Object(
  {
    orderId: text,
    revision: Type.Integer(),
    type: text,
    /** What happened, in words. */
    summary: text,
    at: text,
    /** The device's own claim of the time. */
    occurredAt: Type.Optional(text),
    actorKind: text,
    actorId: text,
    deviceId: Type.Optional(text),
    commandId: text,
    correlationId: text,
  },
  { additionalProperties: false, $id: 'OrderHistoryEntry' },
);

export type OrderHistoryEntry = Static<typeof OrderHistoryEntrySchema>;
