import { type Static, type TProperties, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import {
  Currency,
  Day,
  described,
  eventData,
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

/** What left more owed than the limit: a debt, changed terms, or credit paid out in cash. */
export const BREACH_CAUSES = ['debt', 'terms', 'payout'] as const;
export type BreachCause = (typeof BREACH_CAUSES)[number];

const OptionalText = Type.Optional(Type.String({ maxLength: MAX_TEXT_LENGTH }));
const Reason = described(Text, 'Why, in words.');
const OptionalReason = described(OptionalText, 'Why, in words.');
const Remaining = described(Minor, 'Amount still owed on the debt after this event; 0 settles it.');
const Drawer = described(Type.Optional(Id), 'The drawer session of the till, where it has one.');
const Credit = described(Minor, 'The part that no debt took.');

/** `remainingMinor` is what is still owed on that debt afterwards; 0 settles it. */
const Allocation = strict({ debtId: Id, amountMinor: Positive, remainingMinor: Minor });
const Allocations = Type.Array(Allocation, {
  description: 'Debt, amount and what remains of it, for each debt that was paid.',
});
/** `fifo`: over open debts in the order in which they were opened. `manual`: as a person chose. */
const Policy = oneOf(
  ['fifo', 'manual'],
  '`fifo`: the oldest debt first. `manual`: as a person chose.',
);

/** Every account event: whose it is, its day, and the balance (open debts less credit) after it. */
const accountEvent = <P extends TProperties>(description: string, properties: P) =>
  eventData(description, {
    customerId: described(Id, 'The customer whose account it is.'),
    currency: described(Currency, 'ISO 4217 code of all amounts.'),
    businessDay: described(Day, "The shop's business day of this event."),
    balanceMinor: described(Signed, 'Open debts less credit, after this event.'),
    ...properties,
  });

/** `null`: no limit. */
const Limit = Type.Union([Minor, Type.Null()], {
  description: 'The most that may be owed; `null`: no limit.',
});

const terms = {
  creditLimitMinor: Limit,
  blockWhenOverdue: Type.Boolean({ description: 'Whether an overdue debt blocks new ones.' }),
};

/**
 * All terms as they are from now on, also those that did not change. Version 2 has the previous
 * terms as well (U5); they are `null` in events recorded as version 1.
 */
const TermsChanged = accountEvent('The credit limit and blocking were changed to these values.', {
  ...terms,
  previous: Type.Union([strict(terms), Type.Null()], {
    description: 'The terms before; `null` in what was recorded as version 1.',
  }),
});

/**
 * Goods of a sale on account came back: amount = allocations + recovered + credit. Only
 * allocations and credit move the balance. `recoveredMinor` is the part whose debt was written
 * off: it was never paid, so nothing is owed for it. `cashMinor` is the part of the credit that
 * was paid in cash, and so may be paid out in cash. Version 1 did not know either: nothing was
 * recovered, and `null` stands for "as much as cash had come in".
 */
const SaleReturned = accountEvent('A refund of a sale was credited to the account.', {
  refundId: described(Id, 'The refund.'),
  orderId: described(Id, 'The order.'),
  amountMinor: described(Positive, 'The amount credited: allocations, recovery and credit.'),
  allocations: Allocations,
  recoveredMinor: described(Minor, 'The part that makes good a debt that was written off.'),
  creditMinor: Credit,
  cashMinor: described(
    Type.Union([Minor, Type.Null()]),
    'The part of the credit that may leave as cash; `null` in version 1, which did not say.',
  ),
});

/**
 * `creditMinor` is what was over after the allocations: amount = allocations + credit. Version 2
 * can name the drawer session that took it.
 */
const PaymentRecorded = accountEvent('The customer paid into the account.', {
  paymentId: described(Id, 'The payment.'),
  method: oneOf(ACCOUNT_PAYMENT_METHODS, 'How it was paid.'),
  amountMinor: described(Positive, 'The amount paid: allocations and credit together.'),
  tenderedMinor: described(Type.Optional(Positive), 'Cash handed over.'),
  changeMinor: described(Minor, 'Cash given back.'),
  reference: described(OptionalText, 'Reference of the terminal, the bank or the slip.'),
  policy: Policy,
  reason: OptionalReason,
  allocations: Allocations,
  creditMinor: Credit,
  drawerId: Drawer,
});

/** Version 2 can name the drawer session that paid it. */
const PaidOut = accountEvent('Credit was paid out in cash.', {
  payoutId: described(Id, 'The payout.'),
  amountMinor: described(Positive, 'The amount paid out.'),
  reason: Reason,
  drawerId: Drawer,
});

/** Version 2 only added an optional field, which older events lack. */
function withoutDrawer<Data>(data: Data): Data {
  return data;
}

const contact = { name: Text, phone: OptionalText, email: OptionalText };
const Contact = strict(contact);

export type Contact = Readonly<Static<typeof Contact>>;
export type Allocation = Static<typeof Allocation>;
export type AllocationPolicy = Static<typeof Policy>;

/** What is left of a contact after its erasure. */
export const ERASED_CONTACT: Contact = { name: '(erased)' };

/** The same data, with another form in storage. */
function unchanged<Data>(data: Data): Data {
  return data;
}

function withUnknownPrevious(data: Omit<Static<typeof TermsChanged>, 'previous'>) {
  return { ...data, previous: null };
}

function withoutOrigin(
  data: Omit<Static<typeof SaleReturned>, 'recoveredMinor' | 'cashMinor'>,
): Static<typeof SaleReturned> {
  return { ...data, recoveredMinor: 0, cashMinor: null };
}

export const accountEvents = defineEvents({
  /** From version 2 on, `personal` is stored encrypted. */
  AccountOpened: {
    version: 2,
    data: accountEvent("A customer's account was opened.", {
      ...terms,
      personal: described(Contact, 'Name, phone and email. Stored encrypted from version 2 on.'),
    }),
    upcasters: { 1: unchanged },
    personal: { erased: ERASED_CONTACT },
  },
  AccountTermsChanged: {
    version: 2,
    data: TermsChanged,
    upcasters: { 1: withUnknownPrevious },
  },
  /**
   * Holds the contact as it is from now on, and as it was before (U5). From version 2 on,
   * `personal` is stored encrypted.
   */
  AccountContactChanged: {
    version: 2,
    data: accountEvent('The contact of the customer changed.', {
      personal: described(
        strict({ ...contact, previous: Contact }),
        'Name, phone and email from now on, and before. Stored encrypted from version 2 on.',
      ),
    }),
    upcasters: { 1: unchanged },
    personal: { erased: { ...ERASED_CONTACT, previous: ERASED_CONTACT } },
  },
  /** Who: the actor of the event. The key of the customer is destroyed afterwards. */
  CustomerDataErased: {
    version: 1,
    data: accountEvent('Name, phone number and email of the customer were erased for ever.', {
      reason: Reason,
    }),
    upcasters: {},
    erases: true,
  },
  DebtOpened: accountEvent('A debt was opened.', {
    debtId: described(Id, 'The debt.'),
    kind: oneOf(
      DEBT_KINDS,
      'From a `sale`, recorded `direct`ly, or an `opening` balance from older books.',
    ),
    amountMinor: described(Positive, 'The amount owed.'),
    orderId: described(Type.Optional(Id), 'The order it comes from, for `sale`.'),
    dueDate: described(Type.Optional(Day), 'When the debt is due.'),
    note: described(OptionalText, 'Free text.'),
  }),
  AccountPaymentRecorded: { version: 2, data: PaymentRecorded, upcasters: { 1: withoutDrawer } },
  /** Credit that was there already pays debts: the balance stays as it was. */
  CreditApplied: accountEvent('Existing credit paid debts; the balance stays the same.', {
    amountMinor: described(Minor, 'Sum of the allocations.'),
    policy: Policy,
    reason: OptionalReason,
    allocations: Allocations,
  }),
  SaleReturnedToAccount: { version: 2, data: SaleReturned, upcasters: { 1: withoutOrigin } },
  CashPaidOut: { version: 2, data: PaidOut, upcasters: { 1: withoutDrawer } },
  /** Who: the actor of the event. Follows in the same decision, so it is never left out. */
  CreditLimitBreached: accountEvent('Alert: more is owed than the limit allows.', {
    creditLimitMinor: described(Minor, 'The limit.'),
    overMinor: described(Positive, 'How much more than the limit is owed.'),
    cause: oneOf(
      BREACH_CAUSES,
      'A `debt` from older books, other `terms`, or a `payout` of credit.',
    ),
    debtId: described(Type.Optional(Id), 'The debt, where one was opened.'),
    orderId: described(Type.Optional(Id), 'The order that it comes from.'),
  }),
  DebtWrittenOff: accountEvent('A debt, or part of it, will not be collected.', {
    debtId: described(Id, 'The debt.'),
    amountMinor: described(Positive, 'The amount written off.'),
    remainingMinor: Remaining,
    reason: Reason,
    approvedBy: described(Text, 'Name of the person who approved it.'),
  }),
});

export type AccountEvent = EventOf<typeof accountEvents>;
export type AccountOpened = EventOf<typeof accountEvents, 'AccountOpened'>;
export type AccountTermsChanged = EventOf<typeof accountEvents, 'AccountTermsChanged'>;
export type AccountContactChanged = EventOf<typeof accountEvents, 'AccountContactChanged'>;
export type CustomerDataErased = EventOf<typeof accountEvents, 'CustomerDataErased'>;
export type DebtOpened = EventOf<typeof accountEvents, 'DebtOpened'>;
export type AccountPaymentRecorded = EventOf<typeof accountEvents, 'AccountPaymentRecorded'>;
export type CreditApplied = EventOf<typeof accountEvents, 'CreditApplied'>;
export type SaleReturnedToAccount = EventOf<typeof accountEvents, 'SaleReturnedToAccount'>;
export type CashPaidOut = EventOf<typeof accountEvents, 'CashPaidOut'>;
export type CreditLimitBreached = EventOf<typeof accountEvents, 'CreditLimitBreached'>;
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
