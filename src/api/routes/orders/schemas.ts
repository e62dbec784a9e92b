import { Type } from '@sinclair/typebox';

import { described, Id, oneOf, optional } from '../../../domain/kernel/schema.ts';
import { PAYMENT_METHODS } from '../../../domain/kernel/tender.ts';
import { ORDER_SCHEMAS, ORDER_STATUSES, orderCommands } from '../../../domain/orders/index.ts';
import { written } from '../../schemas.ts';

export const OrderParams = Type.Object({ orderId: Id });

const order = {
  orderId: Type.String(),
  status: oneOf(ORDER_STATUSES),
  currency: Type.String(),
  customerId: optional(Type.String()),
  businessDay: Type.String({ description: 'Day on which the order was placed.' }),
  lines: Type.Array(ORDER_SCHEMAS.line),
  discounts: Type.Array(ORDER_SCHEMAS.discount),
  taxes: Type.Array(ORDER_SCHEMAS.tax),
  serviceCharges: Type.Array(ORDER_SCHEMAS.serviceCharge),
  totals: ORDER_SCHEMAS.totals,
  paidMinor: Type.Integer(),
  dueMinor: Type.Integer(),
  pendingMinor: Type.Integer({ description: 'Reserved for charges to an account.' }),
  refundedMinor: Type.Integer(),
  ...written,
};

/** The order right after the command, also when the command is repeated later. */
export const OrderResponse = Type.Object(order, { $id: 'OrderResponse' });

/** Order status and amount due. */
export const OrderStatusResponse = Type.Object({
  orderId: Type.String(),
  status: oneOf(ORDER_STATUSES),
  reason: optional(Type.String()),
  currency: Type.String(),
  totalMinor: Type.Integer(),
  paidMinor: Type.Integer(),
  dueMinor: Type.Integer(),
  pendingMinor: Type.Integer(),
  refundedMinor: Type.Integer(),
  revision: Type.Integer(),
  updatedAt: Type.String(),
});

const { RecordPayment, RequestAccountCharge } = orderCommands.schemas;
const { customerId, dueDate, note } = RequestAccountCharge.properties;

/** A payment, or a charge to a customer's account: each has fields that the other has not. */
export const OrderPaymentBody = Type.Object(
  {
    ...RecordPayment.properties,
    method: oneOf(PAYMENT_METHODS),
    amountMinor: RecordPayment.properties.amountMinor,
    customerId: optional(
      described(customerId, 'The customer whose account is charged, for `on_account`.'),
    ),
    dueDate: described(dueDate, 'Due date of the debt, for `on_account`.'),
    note: described(note, 'Note of the debt, for `on_account`.'),
  },
  { $id: 'OrderPayment' },
);

/** The order after it was paid, and the payment. */
export const OrderPaymentResponse = Type.Object({
  ...order,
  payment: Type.Object({
    paymentId: Type.String(),
    method: oneOf(PAYMENT_METHODS),
    amountMinor: Type.Integer(),
    tipMinor: Type.Integer(),
    roundingMinor: Type.Integer({
      description: 'How much rounding cash to the smallest coin changed the total.',
    }),
    changeMinor: Type.Integer(),
    debtId: optional(Type.String()),
    customerId: optional(Type.String()),
  }),
});

/** The order after a refund, and where the money went. */
export const RefundResponse = Type.Object({
  ...order,
  refund: Type.Object({
    refundId: Type.String(),
    lines: Type.Array(
      Type.Object({
        lineId: Type.String(),
        quantity: optional(Type.String()),
        amountMinor: Type.Integer(),
      }),
    ),
    amountMinor: Type.Integer(),
    tipMinor: Type.Integer(),
    roundingMinor: Type.Integer({ description: 'The cash rounding in the amount.' }),
    taxMinor: Type.Union([Type.Integer(), Type.Null()], {
      description: 'The exclusive tax in the amount; null in refunds recorded without it.',
    }),
    inclusiveTaxMinor: Type.Union([Type.Integer(), Type.Null()]),
    toCashMinor: Type.Integer(),
    toCardMinor: Type.Integer(),
    toAccountMinor: Type.Integer(),
  }),
});
