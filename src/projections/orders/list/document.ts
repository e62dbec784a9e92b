import { type Static, Type } from '@sinclair/typebox';

import { oneOf } from '../../../domain/kernel/schema.ts';
import { ORDER_STATUSES } from '../../../domain/orders/events.ts';

const text = Type.String();
const minor = Type.Integer();

/** A row of the order list. Text that an order does not have is ''. */
export const OrderRowSchema = Type.Object(
  {
    orderId: text,
    revision: Type.Integer(),
    status: oneOf(ORDER_STATUSES),
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
  { additionalProperties: false, $id: 'OrderRow' },
);

export type OrderRow = Static<typeof OrderRowSchema>;
