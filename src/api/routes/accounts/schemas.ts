import { Type } from '@sinclair/typebox';

import {
  ACCOUNT_PAYMENT_METHODS,
  accountCommands,
  DEBT_KINDS,
} from '../../../domain/accounts/index.ts';
import { described, Id, oneOf, optional } from '../../../domain/kernel/schema.ts';
import { CustomerAccountSchema } from '../../../projections/accounts/account/document.ts';
import { written } from '../../schemas.ts';

export const CustomerParams = Type.Object({ customerId: Id });
export const SearchText = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'Beginnings of words of the name, or part of the phone number.',
});
export const DebtParams = Type.Object({ customerId: Id, debtId: Id });

const {
  orderId: _ofSales,
  kind: _anyKind,
  ...directDebt
} = accountCommands.schemas.OpenDebt.properties;

/** A debt that comes from no order of this shop. */
export const DebtBody = Type.Object({
  ...directDebt,
  kind: optional(
    oneOf(['direct', 'opening'], '`opening`: a balance from older books; no limit applies.'),
  ),
});

const { debtId: _inPath, ...writeOff } = accountCommands.schemas.WriteOffDebt.properties;
export const WriteOffBody = Type.Object(writeOff);

const account = {
  customerId: Type.String(),
  currency: Type.String(),
  creditLimitMinor: Type.Union([Type.Integer(), Type.Null()]),
  blockWhenOverdue: Type.Boolean(),
  balanceMinor: Type.Integer({ description: 'Open debts less credit.' }),
  owedMinor: Type.Integer(),
  creditMinor: Type.Integer(),
  cashRefundableMinor: Type.Integer({
    description: 'The part of the credit that can be paid out in cash.',
  }),
  ...written,
};

const Allocated = Type.Array(
  Type.Object({
    debtId: Type.String(),
    amountMinor: Type.Integer(),
    remainingMinor: Type.Integer({ description: 'Amount still owed on the debt.' }),
  }),
);

/** The account right after the command. */
export const AccountResponse = Type.Object(account, { $id: 'AccountResponse' });

export const ContactResponse = Type.Object({
  ...account,
  name: Type.String(),
  phone: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
});

export const DebtResponse = Type.Object({
  ...account,
  debt: Type.Object({
    debtId: Type.String(),
    kind: oneOf(DEBT_KINDS),
    amountMinor: Type.Integer(),
    dueDate: Type.Optional(Type.String()),
  }),
  creditApplied: Allocated,
});

export const AccountPaymentResponse = Type.Object({
  ...account,
  payment: Type.Object({
    paymentId: Type.String(),
    method: oneOf(ACCOUNT_PAYMENT_METHODS),
    amountMinor: Type.Integer(),
    changeMinor: Type.Integer(),
    policy: oneOf(['fifo', 'manual']),
    allocations: Allocated,
    creditMinor: described(Type.Integer(), 'The part that no debt took.'),
  }),
});

export const CreditAppliedResponse = Type.Object({
  ...account,
  amountMinor: Type.Integer(),
  allocations: Allocated,
});

export const PayoutResponse = Type.Object({
  ...account,
  payout: Type.Object({ payoutId: Type.String(), amountMinor: Type.Integer() }),
});

export const WriteOffResponse = Type.Object({
  ...account,
  writeOff: Type.Object({
    debtId: Type.String(),
    amountMinor: Type.Integer(),
    remainingMinor: Type.Integer(),
  }),
});

/** The account with its open debts and their age. */
export const CustomerResponse = Type.Object({
  ...CustomerAccountSchema.properties,
  ageing: Type.Object(
    {
      asOf: Type.String(),
      days0To30Minor: Type.Integer({ description: 'Includes debts that are not due yet.' }),
      days31To60Minor: Type.Integer(),
      days61To90Minor: Type.Integer(),
      daysOver90Minor: Type.Integer(),
      totalMinor: Type.Integer(),
    },
    { description: 'Days since a debt was due, or since its opening if it has no due date.' },
  ),
});
