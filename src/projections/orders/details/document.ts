import { type Static, Type } from '@sinclair/typebox';

import { oneOf } from '../../../domain/kernel/schema.ts';
import { PAYMENT_METHODS } from '../../../domain/kernel/tender.ts';
import { ORDER_SCHEMAS, ORDER_STATUSES } from '../../../domain/orders/events.ts';

const closed = { additionalProperties: false };
const text = Type.String();
const minor = Type.Integer();

export const OrderPaymentSchema = Type.Object(
  {
    paymentId: text,
    method: oneOf(PAYMENT_METHODS),
    amountMinor: minor,
    tipMinor: minor,
    roundingMinor: Type.Optional(
      Type.Integer({ description: 'How much rounding to the smallest coin changed the total.' }),
    ),
    tenderedMinor: Type.Optional(minor),
    changeMinor: minor,
    reference: Type.Optional(text),
    customerId: Type.Optional(text),
    debtId: Type.Optional(text),
    at: text,
  },
  closed,
);

export const OrderRefundSchema = Type.Object(
  {
    refundId: text,
    reason: text,
    lines: Type.Array(
      Type.Object({ lineId: text, quantity: Type.Optional(text), amountMinor: minor }, closed),
    ),
    amountMinor: minor,
    tipMinor: minor,
    roundingMinor: minor,
    taxMinor: Type.Union([minor, Type.Null()], {
      description: 'The exclusive tax in the amount; null in refunds recorded without it.',
    }),
    inclusiveTaxMinor: Type.Union([minor, Type.Null()]),
    toCashMinor: minor,
    toCardMinor: minor,
    toAccountMinor: minor,
    at: text,
  },
  closed,
);

export const AccountChargeSchema = Type.Object(
  {
    chargeId: text,
    customerId: text,
    amountMinor: minor,
    outcome: Type.Union([
      Type.Literal('pending'),
      Type.Literal('confirmed'),
      Type.Literal('rejected'),
    ]),
    reason: Type.Optional(text),
    at: text,
  },
  closed,
);

/** Everything that a till shows of one order. */
export const OrderDetailsSchema = Type.Object(
  {
    orderId: text,
    revision: Type.Integer(),
    status: oneOf(ORDER_STATUSES),
    statusReason: Type.Optional(text),
    currency: text,
    pricing: text,
    priority: text,
    source: Type.Optional(ORDER_SCHEMAS.source),
    customerId: Type.Optional(text),
    channel: Type.Optional(text),
    tableId: Type.Optional(text),
    note: Type.Optional(text),
    lines: Type.Array(ORDER_SCHEMAS.line),
    discounts: Type.Array(ORDER_SCHEMAS.discount),
    taxes: Type.Array(ORDER_SCHEMAS.tax),
    serviceCharges: Type.Array(ORDER_SCHEMAS.serviceCharge),
    totals: ORDER_SCHEMAS.totals,
    paidMinor: minor,
    dueMinor: minor,
    /** Reserved for charges to an account that the account has not decided yet. */
    pendingMinor: minor,
    refundedMinor: minor,
    payments: Type.Array(OrderPaymentSchema),
    refunds: Type.Array(OrderRefundSchema),
    accountCharges: Type.Array(AccountChargeSchema),
    lastRefusal: Type.Optional(
      Type.Object({ command: text, code: text, message: text, at: text }, closed),
    ),
    businessDay: text,
    placedAt: text,
    updatedAt: text,
  },
  { ...closed, $id: 'Order' },
);

export type OrderDetails = Static<typeof OrderDetailsSchema>;
export type OrderPayment = Static<typeof OrderPaymentSchema>;
export type OrderAccountCharge = Static<typeof AccountChargeSchema>;
