import { Type } from '@sinclair/typebox';

const Nullable = <T extends ReturnType<typeof Type.String>>(type: T) =>
  Type.Optional(Type.Union([type, Type.Null()]));

export const PaymentSchema = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  status: Type.String(),
  transaction_amount: Type.Number(),
  transaction_amount_refunded: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
  currency_id: Type.String(),
  external_reference: Nullable(Type.String()),
  date_created: Type.String(),
  date_last_updated: Nullable(Type.String()),
  payment_type_id: Nullable(Type.String()),
  order: Type.Optional(Type.Object({ id: Type.Optional(Type.Unknown()) })),
});

export const SearchResponse = Type.Object({
  paging: Type.Object({ total: Type.Integer(), limit: Type.Integer(), offset: Type.Integer() }),
  results: Type.Array(PaymentSchema),
});
