import { Type, type Static } from '@sinclair/typebox';

const text = Type.String();
const minor = Type.Integer();

/** A row of the order list. Text that an order does not have is ''. */
export const OrderRowSchema = Type.Object(
  {
    orderId: text,
    revision: Type.Integer(),
    status: text,
    currency: text,
    totalMinor: minor,
    paidMinor: minor,
    dueMinor: minor,
    refundedMinor: minor,
    customerId: text,
    channel: text,
    sourceId: text,
    businessDay: text,
    placedAt: text,
    updatedAt: text,
  },
  { additionalProperties: false },
);

export type OrderRow = Static<typeof OrderRowSchema>;
