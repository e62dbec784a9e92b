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

/** Ways to pay into an account; not `on_account`, which would pay a debt with a debt (S29). */
export const ACCOUNT_PAYMENT_METHODS = [
  'cash',
  'credit_card',
  'debit_card',
  'bank_transfer',
  'qr',
] as const satisfies readonly Method[];
export type AccountPaymentMethod = (typeof ACCOUNT_PAYMENT_METHODS)[number];

/** From a sale, opened without a sale, or carried over from older books. */
export const DEBT_KINDS = ['sale', 'direct', 'opening'] as const;
export type DebtKind = (typeof DEBT_KINDS)[number];

const OptionalText = Type.Optional(Type.String({ maxLength: MAX_TEXT_LENGTH }));

/** `remainingMinor` is what is still owed on that debt afterwards; 0 settles it. */
const Allocation = strict({ debtId: Id, amountMinor: Positive, remainingMinor: Minor });
const Allocations = Type.Array(Allocation);
/** `fifo`: over open debts in the order in which they were opened. `manual`: as a person chose. */
const Policy = oneOf(['fifo', 'manual']);

/**
 * Fields of every account event; `balanceMinor` is the balance after it: open debts less credit.
 */
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
 * All terms as they are from now on, also those that did not change. Version 2 has the previous
 * terms as well (U5); they are `null` in events recorded as version 1.
 */
const TermsChanged = accountEvent({
  ...terms,
  previous: Type.Union([strict(terms), Type.Null()]),
});

/**
 * Goods of a sale on account came back: amount = allocations + recovered + credit. Only
 * allocations and credit move the balance. `recoveredMinor` is the part whose debt was written
 * off: it was never paid, so nothing is owed for it. `cashMinor` is the part of the credit that
 * was paid in cash, and so may be paid out in cash. Version 1 did not know either: nothing was
 * recovered, and `null` stands for "as much as cash had come in".
 */
const SaleReturned = accountEvent({
  refundId: Id,
  orderId: Id,
  amountMinor: Positive,
  allocations: Allocations,
  recoveredMinor: Minor,
  creditMinor: Minor,
  cashMinor: Type.Union([Minor, Type.Null()]),
});

export type Allocation = Static<typeof Allocation>;
export type AllocationPolicy = Static<typeof Policy>;

function withUnknownPrevious(data: Omit<Static<typeof TermsChanged>, 'previous'>) {
  return { ...data, previous: null };
}

function withoutOrigin(
  data: Omit<Static<typeof SaleReturned>, 'recoveredMinor' | 'cashMinor'>,
): Static<typeof SaleReturned> {
  return { ...data, recoveredMinor: 0, cashMinor: null };
}

export const accountEvents = defineEvents({
  AccountOpened: accountEvent({
    creditLimitMinor: Limit,
    blockWhenOverdue: Type.Boolean(),
    personal: strict({ name: Text, phone: OptionalText, email: OptionalText }),
  }),
  AccountTermsChanged: {
    version: 2,
    data: TermsChanged,
    upcasters: { 1: withUnknownPrevious },
  },
  DebtOpened: accountEvent({
    debtId: Id,
    kind: oneOf(DEBT_KINDS),
    amountMinor: Positive,
    orderId: Type.Optional(Id),
    dueDate: Type.Optional(Day),
    note: OptionalText,
  }),
  /** `creditMinor` is what no debt took: amount = allocations + credit. */
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
  /** Existing credit pays debts; the balance does not change. */
  CreditApplied: accountEvent({
    amountMinor: Minor,
    policy: Policy,
    reason: OptionalText,
    allocations: Allocations,
  }),
  SaleReturnedToAccount: {
    version: 2,
    data: SaleReturned,
    upcasters: { 1: withoutOrigin },
  },
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
export type DebtOpened = EventOf<typeof accountEvents, 'DebtOpened'>;
export type AccountPaymentRecorded = EventOf<typeof accountEvents, 'AccountPaymentRecorded'>;
export type CreditApplied = EventOf<typeof accountEvents, 'CreditApplied'>;
export type SaleReturnedToAccount = EventOf<typeof accountEvents, 'SaleReturnedToAccount'>;
export type CashPaidOut = EventOf<typeof accountEvents, 'CashPaidOut'>;
export type DebtWrittenOff = EventOf<typeof accountEvents, 'DebtWrittenOff'>;

/** An account's credit, and how much of it is cash, in minor units. */
export interface Credit {
  /** What the customer has paid or returned beyond their debts. */
  readonly creditMinor: number;
  /** The part of the credit that came as cash. Only this may be paid out as cash. */
  readonly cashRefundableMinor: number;
  /** All cash paid in and not paid out, whether it paid debts or became credit. */
  readonly cashHeldMinor: number;
}

export const NO_CREDIT: Credit = { creditMinor: 0, cashRefundableMinor: 0, cashHeldMinor: 0 };

/** The credit after an event. Credit that did not come as cash pays debts first. */
export function creditAfter(before: Credit, { type, data }: AccountEvent): Credit {
  const { creditMinor, cashRefundableMinor, cashHeldMinor } = before;
  switch (type) {
    case 'AccountPaymentRecorded': {
      const isCash = data.method === 'cash';
      return {
        creditMinor: creditMinor + data.creditMinor,
        cashRefundableMinor: cashRefundableMinor + (isCash ? data.creditMinor : 0),
        cashHeldMinor: cashHeldMinor + (isCash ? data.amountMinor : 0),
      };
    }
    case 'CreditApplied': {
      const left = creditMinor - data.amountMinor;
      const cashLeft = Math.min(cashRefundableMinor, left);
      return { creditMinor: left, cashRefundableMinor: cashLeft, cashHeldMinor };
    }
    case 'SaleReturnedToAccount': {
      const mostCash = Math.min(data.creditMinor, cashHeldMinor - cashRefundableMinor);
      return {
        creditMinor: creditMinor + data.creditMinor,
        cashRefundableMinor: cashRefundableMinor + (data.cashMinor ?? mostCash),
        cashHeldMinor,
      };
    }
    case 'CashPaidOut':
      return {
        creditMinor: creditMinor - data.amountMinor,
        // Payouts recorded before version 2 of SaleReturnedToAccount could be of other credit.
        cashRefundableMinor: Math.max(0, cashRefundableMinor - data.amountMinor),
        cashHeldMinor: cashHeldMinor - data.amountMinor,
      };
    default:
      return { creditMinor, cashRefundableMinor, cashHeldMinor };
  }
}
