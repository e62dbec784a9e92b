import { Type } from '@sinclair/typebox';

export const Money = Type.Object({
  amount: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  currency: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});

export const PaymentSchema = Type.Object({
  id: Type.String({ minLength: 1 }),
  status: Type.String(),
  total_money: Money,
  refunded_money: Type.Optional(Money),
  reference_id: Type.Optional(Type.String()),
  order_id: Type.Optional(Type.String()),
  updated_at: Type.String(),
  refund_ids: Type.Optional(Type.Array(Type.String())),
  card_details: Type.Optional(
    Type.Object({ errors: Type.Optional(Type.Array(Type.Object({ code: Type.String() }))) }),
  ),
});

export const PaymentResponse = Type.Object({ payment: PaymentSchema });

export const PaymentsResponse = Type.Object({
  payments: Type.Optional(Type.Array(PaymentSchema)),
  cursor: Type.Optional(Type.String()),
});

export const RefundSchema = Type.Object({
  id: Type.String({ minLength: 1 }),
  status: Type.String(),
  reason: Type.Optional(Type.String()),
});

export const RefundResponse = Type.Object({ refund: RefundSchema });

export const LocationsResponse = Type.Object({
  locations: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.Optional(Type.String()),
      merchant_id: Type.Optional(Type.String()),
    }),
  ),
});

const OptionalMoney = Type.Optional(Type.Union([Money, Type.Null()]));

/** Of an order, what is compared. */
export const OrderSchema = Type.Object({
  id: Type.String({ minLength: 1 }),
  location_id: Type.Optional(Type.String()),
  created_at: Type.String(),
  closed_at: Type.Optional(Type.String()),
  total_money: OptionalMoney,
  total_tip_money: OptionalMoney,
  returns: Type.Optional(Type.Array(Type.Unknown())),
  tenders: Type.Optional(Type.Array(Type.Object({ processing_fee_money: OptionalMoney }))),
});

export const OrdersResponse = Type.Object({
  orders: Type.Optional(Type.Array(OrderSchema)),
  cursor: Type.Optional(Type.String()),
});

export const OrderResponse = Type.Object({ order: Type.Unknown() });
