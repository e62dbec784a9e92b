import { Type, type Static, type TProperties } from '@sinclair/typebox';

import type { EventType } from '../kernel/event-types.ts';
import type { DomainEvent } from '../kernel/event.ts';
import type { Method } from '../kernel/tender.ts';

/**
 * Ways to pay into an account. Being put on account is none: it would pay a debt with a debt (S29).
 */
export const ACCOUNT_PAYMENT_METHODS = [
  'cash',
  'credit_card',
  'debit_card',
  'bank_transfer',
  'qr',
] as const satisfies readonly Method[];
export type AccountPaymentMethod = (typeof ACCOUNT_PAYMENT_METHODS)[number];

/** A debt from a sale, one written down by itself, or one carried over from older books. */
export const DEBT_KINDS = ['sale', 'direct', 'opening'] as const;
export type DebtKind = (typeof DEBT_KINDS)[number];

const MAX = Number.MAX_SAFE_INTEGER;
const Id = Type.String({ minLength: 1, maxLength: 200 });
const Text = Type.String({ minLength: 1, maxLength: 1_000 });
const OptionalText = Type.Optional(Type.String({ maxLength: 1_000 }));
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const Positive = Type.Integer({ minimum: 1, maximum: MAX });
const NotNegative = Type.Integer({ minimum: 0, maximum: MAX });
const oneOf = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.Union(values.map((value) => Type.Literal(value))));

/** `remainingMinor` is what is still owed on that debt afterwards; 0 settles it. */
const Allocation = Type.Object(
  { debtId: Id, amountMinor: Positive, remainingMinor: NotNegative },
  { additionalProperties: false },
);
const Allocations = Type.Array(Allocation);
/** `fifo`: over open debts in the order in which they were opened. `manual`: as a person chose. */
const Policy = oneOf(['fifo', 'manual']);

/** Every account event: whose it is, its day, and the balance (open debts less credit) after it. */
const accountEvent = <P extends TProperties>(properties: P) =>
  Type.Object(
    {
      customerId: Id,
      currency: Type.String({ pattern: '^[A-Z]{3}$' }),
      businessDay: Day,
      balanceMinor: Type.Integer({ minimum: -MAX, maximum: MAX }),
      ...properties,
    },
    { additionalProperties: false },
  );

/** `null`: no limit. */
const Limit = Type.Union([NotNegative, Type.Null()]);

const AccountOpenedData = accountEvent({
  creditLimitMinor: Limit,
  blockWhenOverdue: Type.Boolean(),
  personal: Type.Object(
    { name: Text, phone: OptionalText, email: OptionalText },
    { additionalProperties: false },
  ),
});

const terms = { creditLimitMinor: Limit, blockWhenOverdue: Type.Boolean() };

/**
 * Holds the terms as they are from now on, also those that did not change. Version 2 holds those
 * before as well (U5); `null` in what was recorded as version 1, which did not.
 */
const AccountTermsChangedData = accountEvent({
  ...terms,
  previous: Type.Union([Type.Object(terms, { additionalProperties: false }), Type.Null()]),
});

const DebtOpenedData = accountEvent({
  debtId: Id,
  kind: oneOf(DEBT_KINDS),
  amountMinor: Positive,
  orderId: Type.Optional(Id),
  dueDate: Type.Optional(Day),
  note: OptionalText,
});

/** `creditMinor` is what was over after the allocations: amount = allocations + credit. */
const AccountPaymentRecordedData = accountEvent({
  paymentId: Id,
  method: oneOf(ACCOUNT_PAYMENT_METHODS),
  amountMinor: Positive,
  tenderedMinor: Type.Optional(Positive),
  changeMinor: NotNegative,
  reference: OptionalText,
  policy: Policy,
  reason: OptionalText,
  allocations: Allocations,
  creditMinor: NotNegative,
});

/** Credit that was there already pays debts: the balance stays as it was. */
const CreditAppliedData = accountEvent({
  amountMinor: NotNegative,
  policy: Policy,
  reason: OptionalText,
  allocations: Allocations,
});

/** Goods of a credit sale came back: amount = allocations + credit. */
const SaleReturnedToAccountData = accountEvent({
  refundId: Id,
  orderId: Id,
  amountMinor: Positive,
  allocations: Allocations,
  creditMinor: NotNegative,
});

const CashPaidOutData = accountEvent({ payoutId: Id, amountMinor: Positive, reason: Text });

const DebtWrittenOffData = accountEvent({
  debtId: Id,
  amountMinor: Positive,
  remainingMinor: NotNegative,
  reason: Text,
  approvedBy: Text,
});

export type Allocation = Static<typeof Allocation>;
export type AllocationPolicy = Static<typeof Policy>;

export type AccountOpened = DomainEvent<'AccountOpened', Static<typeof AccountOpenedData>>;
export type AccountTermsChanged = DomainEvent<
  'AccountTermsChanged',
  Static<typeof AccountTermsChangedData>
>;
export type DebtOpened = DomainEvent<'DebtOpened', Static<typeof DebtOpenedData>>;
export type AccountPaymentRecorded = DomainEvent<
  'AccountPaymentRecorded',
  Static<typeof AccountPaymentRecordedData>
>;
export type CreditApplied = DomainEvent<'CreditApplied', Static<typeof CreditAppliedData>>;
export type SaleReturnedToAccount = DomainEvent<
  'SaleReturnedToAccount',
  Static<typeof SaleReturnedToAccountData>
>;
export type CashPaidOut = DomainEvent<'CashPaidOut', Static<typeof CashPaidOutData>>;
export type DebtWrittenOff = DomainEvent<'DebtWrittenOff', Static<typeof DebtWrittenOffData>>;

export type AccountEvent =
  | AccountOpened
  | AccountTermsChanged
  | DebtOpened
  | AccountPaymentRecorded
  | CreditApplied
  | SaleReturnedToAccount
  | CashPaidOut
  | DebtWrittenOff;

function withUnknownPrevious(
  data: Omit<AccountTermsChanged['data'], 'previous'>,
): AccountTermsChanged['data'] {
  return { ...data, previous: null };
}

export const ACCOUNT_EVENT_TYPES: readonly EventType[] = [
  { type: 'AccountOpened', version: 1, schema: AccountOpenedData },
  {
    type: 'AccountTermsChanged',
    version: 2,
    schema: AccountTermsChangedData,
    upcasters: { 1: withUnknownPrevious },
  },
  { type: 'DebtOpened', version: 1, schema: DebtOpenedData },
  { type: 'AccountPaymentRecorded', version: 1, schema: AccountPaymentRecordedData },
  { type: 'CreditApplied', version: 1, schema: CreditAppliedData },
  { type: 'SaleReturnedToAccount', version: 1, schema: SaleReturnedToAccountData },
  { type: 'CashPaidOut', version: 1, schema: CashPaidOutData },
  { type: 'DebtWrittenOff', version: 1, schema: DebtWrittenOffData },
];
