import { type Static, Type } from '@sinclair/typebox';

import { type BreachCause, DEBT_KINDS } from '../../../domain/accounts/events.ts';
import { oneOf } from '../../../domain/kernel/schema.ts';

const closed = { additionalProperties: false };

export const OpenDebtSchema = Type.Object(
  {
    debtId: Type.String(),
    orderId: Type.Optional(Type.String()),
    kind: oneOf(DEBT_KINDS),
    openedOn: Type.String(),
    dueDate: Type.Optional(Type.String()),
    amountMinor: Type.Integer(),
    remainingMinor: Type.Integer(),
  },
  { ...closed, $id: 'OpenDebt' },
);

/** A customer's account as a till shows it. `balanceMinor` is what is owed less credit. */
export const CustomerAccountSchema = Type.Object(
  {
    customerId: Type.String(),
    revision: Type.Integer(),
    name: Type.String(),
    phone: Type.Optional(Type.String()),
    email: Type.Optional(Type.String()),
    currency: Type.String(),
    creditLimitMinor: Type.Union([Type.Integer(), Type.Null()]),
    blockWhenOverdue: Type.Boolean(),
    balanceMinor: Type.Integer(),
    owedMinor: Type.Integer(),
    creditMinor: Type.Integer(),
    cashRefundableMinor: Type.Integer({
      description: 'The part of the credit that came as cash and may be paid out as cash.',
    }),
    cashHeldMinor: Type.Integer({ description: 'Cash paid in and not paid out again.' }),
    openDebts: Type.Array(OpenDebtSchema),
    openedAt: Type.String(),
    updatedAt: Type.String(),
    erasedAt: Type.Optional(
      Type.String({ description: 'When the personal data was erased; the name says so as well.' }),
    ),
  },
  { ...closed, $id: 'Customer' },
);

export type CustomerAccount = Static<typeof CustomerAccountSchema>;

/** As it is stored: with the key by which names are in order, and what alerts read. */
export interface StoredAccount extends CustomerAccount {
  readonly sortName: string;
  /** Whether more is owed than the limit allows. */
  readonly overLimit: 'yes' | 'no';
  /** What led to it last, and the actor of it. */
  readonly breach?: {
    readonly cause: BreachCause;
    readonly by: string;
    readonly at: string;
    readonly debtId?: string;
    readonly orderId?: string;
  };
}

export type OpenDebt = Static<typeof OpenDebtSchema>;
