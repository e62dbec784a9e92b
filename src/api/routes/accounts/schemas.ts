import { Type } from '@sinclair/typebox';

import { ACCOUNT_PAYMENT_METHODS } from '../../../commands/accounts/accounts.ts';
import { CustomerAccountSchema } from '../../../projections/accounts/account/document.ts';
import { Currency, Day, Id, Minor, oneOf, Positive, Text, written } from '../../schemas.ts';

const MAX_ALLOCATIONS = 500;

const Limit = Type.Union([Minor, Type.Null()], { description: 'null: no limit.' });
const Contact = Type.String({ maxLength: 1_000 });

export const OpenAccountBody = Type.Object({
  currency: Currency,
  name: Text,
  phone: Type.Optional(Contact),
  email: Type.Optional(Contact),
  creditLimitMinor: Type.Optional(Limit),
  blockWhenOverdue: Type.Optional(
    Type.Boolean({ description: 'No sale on account while a debt is overdue.' }),
  ),
});

export const TermsBody = Type.Object(
  {
    creditLimitMinor: Type.Optional(Limit),
    blockWhenOverdue: Type.Optional(Type.Boolean()),
  },
  { minProperties: 1, description: 'What is absent stays as it is.' },
);

export const DebtBody = Type.Object({
  amountMinor: Positive,
  currency: Currency,
  dueDate: Type.Optional(Day),
  note: Type.Optional(Text),
  kind: Type.Optional(
    Type.Unsafe<'direct' | 'opening'>(
      Type.Union([Type.Literal('direct'), Type.Literal('opening')], {
        description: 'opening: carried over from older books; no limit holds it back.',
      }),
    ),
  ),
});

const Allocations = Type.Array(Type.Object({ debtId: Id, amountMinor: Positive }), {
  maxItems: MAX_ALLOCATIONS,
});

export const AccountPaymentBody = Type.Object({
  method: oneOf(ACCOUNT_PAYMENT_METHODS),
  amountMinor: Positive,
  currency: Currency,
  tenderedMinor: Type.Optional(Positive),
  reference: Type.Optional(Text),
  allocations: Type.Optional(
    Type.Array(Allocations.items, {
      maxItems: MAX_ALLOCATIONS,
      description: 'Which debts it pays; the oldest first when absent. The rest becomes credit.',
    }),
  ),
  reason: Type.Optional(Type.String({ ...Text, description: 'Needed with allocations.' })),
});

export const AllocateCreditBody = Type.Object({
  allocations: Type.Optional(Allocations),
  reason: Type.Optional(Text),
});

export const PayoutBody = Type.Object({
  amountMinor: Positive,
  currency: Currency,
  reason: Text,
});

export const WriteOffBody = Type.Object({
  amountMinor: Type.Optional(Positive),
  reason: Text,
  approvedBy: Text,
});

export const DebtParams = Type.Object({ customerId: Id, debtId: Id });

const account = {
  customerId: Type.String(),
  currency: Type.String(),
  creditLimitMinor: Type.Union([Type.Integer(), Type.Null()]),
  blockWhenOverdue: Type.Boolean(),
  balanceMinor: Type.Integer({ description: 'What is owed less credit.' }),
  owedMinor: Type.Integer(),
  creditMinor: Type.Integer(),
  cashRefundableMinor: Type.Integer({ description: 'How much of the credit may leave as cash.' }),
  ...written,
};

const Allocated = Type.Array(
  Type.Object({
    debtId: Type.String(),
    amountMinor: Type.Integer(),
    remainingMinor: Type.Integer({ description: 'Still owed on it afterwards.' }),
  }),
);

/** The account as it was right after the command. */
export const AccountAnswer = Type.Object(account, { $id: 'AccountAnswer' });

export const DebtAnswer = Type.Object({
  ...account,
  debt: Type.Object({
    debtId: Type.String(),
    kind: Type.String(),
    amountMinor: Type.Integer(),
    dueDate: Type.Optional(Type.String()),
  }),
  creditApplied: Allocated,
});

export const AccountPaymentAnswer = Type.Object({
  ...account,
  payment: Type.Object({
    paymentId: Type.String(),
    method: Type.String(),
    amountMinor: Type.Integer(),
    changeMinor: Type.Integer(),
    policy: Type.String(),
    allocations: Allocated,
    creditMinor: Type.Integer({ description: 'What no debt took.' }),
  }),
});

export const CreditAppliedAnswer = Type.Object({
  ...account,
  amountMinor: Type.Integer(),
  allocations: Allocated,
});

export const PayoutAnswer = Type.Object({
  ...account,
  payout: Type.Object({ payoutId: Type.String(), amountMinor: Type.Integer() }),
});

export const WriteOffAnswer = Type.Object({
  ...account,
  writeOff: Type.Object({
    debtId: Type.String(),
    amountMinor: Type.Integer(),
    remainingMinor: Type.Integer(),
  }),
});

/** The account with its open debts, and how old they are. */
export const CustomerAnswer = Type.Object({
  ...CustomerAccountSchema.properties,
  ageing: Type.Object(
    {
      asOf: Type.String(),
      days0To30Minor: Type.Integer({ description: 'Also what is not due yet.' }),
      days31To60Minor: Type.Integer(),
      days61To90Minor: Type.Integer(),
      daysOver90Minor: Type.Integer(),
      totalMinor: Type.Integer(),
    },
    { description: 'Days since a debt was due, or was opened when it has no due date.' },
  ),
});
