import { type Static, Type } from '@sinclair/typebox';

import { DEBT_KINDS } from '../../../domain/accounts/events.ts';
import { oneOf } from '../../../domain/kernel/schema.ts';

const closed = { additionalProperties: false };

/** One debt with everything that lowered it. `dueDate` is '' when there is none. */
export const DebtSchema = Type.Object(
  {
    debtId: Type.String(),
    customerId: Type.String(),
    orderId: Type.Optional(Type.String()),
    kind: oneOf(DEBT_KINDS),
    status: Type.Union([
      Type.Literal('open'),
      Type.Literal('settled'),
      Type.Literal('written_off'),
    ]),
    currency: Type.String(),
    amountMinor: Type.Integer(),
    remainingMinor: Type.Integer(),
    openedOn: Type.String(),
    openedAt: Type.String(),
    dueDate: Type.String(),
    note: Type.Optional(Type.String()),
    reductions: Type.Array(
      Type.Object(
        {
          kind: Type.Union([
            Type.Literal('payment'),
            Type.Literal('credit'),
            Type.Literal('return'),
            Type.Literal('write-off'),
          ]),
          reference: Type.String(),
          amountMinor: Type.Integer(),
          at: Type.String(),
        },
        closed,
      ),
    ),
  },
  { ...closed, $id: 'Debt' },
);

export type Debt = Static<typeof DebtSchema>;
