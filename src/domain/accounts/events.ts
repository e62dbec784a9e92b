import { Type, type Static, type TProperties } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import {
  Currency,
  Day,
  Id,
  MAX_TEXT_LENGTH,
  Minor,
  oneOf,
  Positive,
  Signed,
  strict,
  Text,
} from '../kernel/schema.ts';
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

const OptionalText = Type.Optional(Type.String({ maxLength: MAX_TEXT_LENGTH }));

/** `remainingMinor` is what is still owed on that debt afterwards; 0 settles it. */
const Allocation = strict({ debtId: Id, amountMinor: Positive, remainingMinor: Minor });
const Allocations = Type.Array(Allocation);
/** `fifo`: over open debts in the order in which they were opened. `manual`: as a person chose. */
const Policy = oneOf(['fifo', 'manual']);

/** Every account event: whose it is, its day, and the balance (open debts less credit) after it. */
const accountEvent = <P extends TProperties>(properties: P) =>
  strict({
    customerId: Id,
    currency: Currency,
    businessDay: Day,
    balanceMinor: Signed,
    ...properties,
  });

/** `null`: no limit. */
const Limit = Type.Union([Minor, Type.Null()]);

const terms = { creditLimitMinor: Limit, blockWhenOverdue: Type.Boolean() };

/**
 * Holds the terms as they are from now on, also those that did not change. Version 2 holds those
 * before as well (U5); `null` in what was recorded as version 1, which did not.
 */
const TermsChanged = accountEvent({
  ...terms,
  previous: Type.Union([strict(terms), Type.Null()]),
});

const contact = { name: Text, phone: OptionalText, email: OptionalText };
const Contact = strict(contact);

export type Contact = Readonly<Static<typeof Contact>>;
export type Allocation = Static<typeof Allocation>;
export type AllocationPolicy = Static<typeof Policy>;

function withUnknownPrevious(data: Omit<Static<typeof TermsChanged>, 'previous'>) {
  return { ...data, previous: null };
}

export const accountEvents = defineEvents({
  AccountOpened: accountEvent({
    creditLimitMinor: Limit,
    blockWhenOverdue: Type.Boolean(),
    personal: Contact,
  }),
  AccountTermsChanged: {
    version: 2,
    data: TermsChanged,
    upcasters: { 1: withUnknownPrevious },
  },
  /** Holds the contact as it is from now on, and as it was before (U5). */
  AccountContactChanged: accountEvent({ personal: strict({ ...contact, previous: Contact }) }),
  DebtOpened: accountEvent({
    debtId: Id,
    kind: oneOf(DEBT_KINDS),
    amountMinor: Positive,
    orderId: Type.Optional(Id),
    dueDate: Type.Optional(Day),
    note: OptionalText,
  }),
  /** `creditMinor` is what was over after the allocations: amount = allocations + credit. */
  AccountPaymentRecorded: accountEvent({
    paymentId: Id,
    method: oneOf(ACCOUNT_PAYMENT_METHODS),
    amountMinor: Positive,
    tenderedMinor: Type.Optional(Positive),
    changeMinor: Minor,
    reference: OptionalText,
    policy: Policy,
    reason: OptionalText,
    allocations: Allocations,
    creditMinor: Minor,
  }),
  /** Credit that was there already pays debts: the balance stays as it was. */
  CreditApplied: accountEvent({
    amountMinor: Minor,
    policy: Policy,
    reason: OptionalText,
    allocations: Allocations,
  }),
  /** Goods of a credit sale came back: amount = allocations + credit. */
  SaleReturnedToAccount: accountEvent({
    refundId: Id,
    orderId: Id,
    amountMinor: Positive,
    allocations: Allocations,
    creditMinor: Minor,
  }),
  CashPaidOut: accountEvent({ payoutId: Id, amountMinor: Positive, reason: Text }),
  DebtWrittenOff: accountEvent({
    debtId: Id,
    amountMinor: Positive,
    remainingMinor: Minor,
    reason: Text,
    approvedBy: Text,
  }),
});

export type AccountEvent = EventOf<typeof accountEvents>;
export type AccountOpened = EventOf<typeof accountEvents, 'AccountOpened'>;
export type AccountTermsChanged = EventOf<typeof accountEvents, 'AccountTermsChanged'>;
export type AccountContactChanged = EventOf<typeof accountEvents, 'AccountContactChanged'>;
export type DebtOpened = EventOf<typeof accountEvents, 'DebtOpened'>;
export type AccountPaymentRecorded = EventOf<typeof accountEvents, 'AccountPaymentRecorded'>;
export type CreditApplied = EventOf<typeof accountEvents, 'CreditApplied'>;
export type SaleReturnedToAccount = EventOf<typeof accountEvents, 'SaleReturnedToAccount'>;
export type CashPaidOut = EventOf<typeof accountEvents, 'CashPaidOut'>;
export type DebtWrittenOff = EventOf<typeof accountEvents, 'DebtWrittenOff'>;
