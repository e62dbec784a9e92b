import { Type } from '@sinclair/typebox';

import {
  MAX_ADJUSTMENTS,
  MAX_LINES,
  MAX_MODIFIERS,
  ORDER_SCHEMAS,
  ORDER_STATUSES,
  PRIORITIES,
  TAX_KINDS,
} from '../../../commands/orders/orders.ts';
import {
  Currency,
  Id,
  Minor,
  Name,
  Note,
  oneOf,
  Percentage,
  Positive,
  Quantity,
  Text,
  written,
} from '../../schemas.ts';

const Modifier = Type.Object({
  modifierId: Type.Optional(Id),
  name: Name,
  quantity: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Per unit of the line; 1.' }),
  ),
  unitPriceMinor: Minor,
});

const Line = Type.Object({
  lineId: Type.Optional(Id),
  productId: Type.Optional(Id),
  name: Name,
  variation: Type.Optional(Name),
  quantity: Quantity,
  unitPriceMinor: Minor,
  modifiers: Type.Optional(Type.Array(Modifier, { maxItems: MAX_MODIFIERS })),
  note: Type.Optional(Note),
});

const Scope = Type.Optional(
  Type.Array(Id, {
    minItems: 1,
    maxItems: MAX_LINES,
    description: 'Lines that it is for; the whole order when absent.',
  }),
);

const Discount = Type.Object({
  discountId: Id,
  name: Name,
  percentage: Type.Optional(Percentage),
  amountMinor: Type.Optional(Minor),
  lineIds: Scope,
});

const Tax = Type.Object({
  taxId: Id,
  name: Name,
  percentage: Percentage,
  kind: oneOf(TAX_KINDS),
  lineIds: Scope,
});

const ServiceCharge = Type.Object({
  chargeId: Id,
  name: Name,
  percentage: Type.Optional(Percentage),
  amountMinor: Type.Optional(Minor),
  taxable: Type.Optional(Type.Boolean()),
});

export const PlaceOrderBody = Type.Object(
  {
    currency: Currency,
    lines: Type.Array(Line, { minItems: 1, maxItems: MAX_LINES }),
    discounts: Type.Optional(Type.Array(Discount, { maxItems: MAX_ADJUSTMENTS })),
    taxes: Type.Optional(Type.Array(Tax, { maxItems: MAX_ADJUSTMENTS })),
    serviceCharges: Type.Optional(Type.Array(ServiceCharge, { maxItems: MAX_ADJUSTMENTS })),
    tipMinor: Type.Optional(Minor),
    cashRoundingMinor: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Smallest coin; 0: none.' }),
    ),
    customerId: Type.Optional(Id),
    channel: Type.Optional(Name),
    tableId: Type.Optional(Id),
    note: Type.Optional(Note),
    priority: Type.Optional(oneOf(PRIORITIES)),
  },
  { $id: 'PlaceOrder' },
);

export const StatusBody = Type.Object({
  status: oneOf(ORDER_STATUSES),
  reason: Type.Optional(Note),
});

export const CancelBody = Type.Object({ reason: Text });

export const VoidBody = Type.Object({
  lineId: Id,
  quantity: Type.Optional(Quantity),
  reason: Text,
  approvedBy: Type.Optional(Name),
});

export const CompBody = Type.Object({
  lineId: Type.Optional(Id),
  reason: Text,
  approvedBy: Name,
});

const RefundLine = Type.Object({
  lineId: Id,
  quantity: Type.Optional(Quantity),
  amountMinor: Type.Optional(Positive),
});

export const RefundBody = Type.Object({
  lines: Type.Optional(Type.Array(RefundLine, { minItems: 1, maxItems: MAX_LINES })),
  amountMinor: Type.Optional(Minor),
  tipMinor: Type.Optional(Minor),
  toCashMinor: Type.Optional(Minor),
  toCardMinor: Type.Optional(Minor),
  toAccountMinor: Type.Optional(Minor),
  reason: Text,
  currency: Currency,
});

const order = {
  orderId: Type.String(),
  status: oneOf(ORDER_STATUSES),
  currency: Type.String(),
  customerId: Type.Optional(Type.String()),
  businessDay: Type.String({ description: 'On which it was placed.' }),
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

/** The order as it was right after the command, also when the command is repeated later. */
export const OrderAnswer = Type.Object(order, { $id: 'OrderAnswer' });
export const orderFields = order;
