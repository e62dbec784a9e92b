import { type Static, Type } from '@sinclair/typebox';

/** One line of a customer's statement. Debit raises what is owed, credit lowers it. */
export const StatementLineSchema = Type.Object(
  {
    customerId: Type.String(),
    revision: Type.Integer(),
    day: Type.String(),
    at: Type.String(),
    kind: Type.Union([
      Type.Literal('debt'),
      Type.Literal('payment'),
      Type.Literal('return'),
      Type.Literal('payout'),
      Type.Literal('write-off'),
    ]),
    reference: Type.String(),
    orderId: Type.Optional(Type.String()),
    description: Type.String(),
    currency: Type.String(),
    debitMinor: Type.Integer(),
    creditMinor: Type.Integer(),
    balanceMinor: Type.Integer(),
  },
  { additionalProperties: false, $id: 'StatementLine' },
);

export type StatementLine = Static<typeof StatementLineSchema>;
