import type { Command } from '../kernel/decider.ts';
import type { AccountPaymentMethod, DebtKind } from './events.ts';

/** How much of a payment or of credit goes to which debt, in minor units. */
export interface AllocationRequest {
  readonly debtId: string;
  readonly amountMinor: number;
}

/** Opens the account of the customer whose id is the command's entity. */
export type OpenAccount = Command<
  'OpenAccount',
  {
    readonly currency: string;
    readonly name: string;
    readonly phone?: string;
    readonly email?: string;
    /** Absent or `null`: no limit. */
    readonly creditLimitMinor?: number | null;
    readonly blockWhenOverdue?: boolean;
  }
>;

/** What is absent stays as it is; a limit of `null` takes the limit away. */
export type ChangeTerms = Command<
  'ChangeTerms',
  { readonly creditLimitMinor?: number | null; readonly blockWhenOverdue?: boolean }
>;

/** The debt's id is the command's. Without a kind: `sale` when there is an order, else `direct`. */
export type OpenDebt = Command<
  'OpenDebt',
  {
    readonly amountMinor: number;
    readonly currency: string;
    /** `YYYY-MM-DD`, the last day on which it is not overdue. */
    readonly dueDate?: string;
    readonly note?: string;
    readonly orderId?: string;
    readonly kind?: DebtKind;
  }
>;

/**
 * The payment's id is the command's. Without `allocations` it pays the oldest debts first; with
 * them (also an empty list, a deposit) exactly those, the rest becomes credit, and a reason is due.
 */
export type RecordAccountPayment = Command<
  'RecordAccountPayment',
  {
    readonly method: AccountPaymentMethod;
    readonly amountMinor: number;
    readonly currency: string;
    /** Cash handed over; the change is what is more than the amount. */
    readonly tenderedMinor?: number;
    readonly reference?: string;
    readonly allocations?: readonly AllocationRequest[];
    readonly reason?: string;
  }
>;

/** Goods of a sale on account came back. The refund's id makes it count once. */
export type CreditReturn = Command<
  'CreditReturn',
  {
    readonly refundId: string;
    readonly orderId: string;
    readonly amountMinor: number;
    readonly currency: string;
  }
>;

/** Gives credit back as cash. The payout's id is the command's. */
export type PayOutCash = Command<
  'PayOutCash',
  { readonly amountMinor: number; readonly currency: string; readonly reason: string }
>;

/** Gives up a debt, or part of it; without an amount all that is open. */
export type WriteOffDebt = Command<
  'WriteOffDebt',
  {
    readonly debtId: string;
    readonly amountMinor?: number;
    readonly reason: string;
    readonly approvedBy: string;
  }
>;

/** Pays open debts from credit that is there: the oldest first, or the given ones with a reason. */
export type AllocateCredit = Command<
  'AllocateCredit',
  { readonly allocations?: readonly AllocationRequest[]; readonly reason?: string }
>;

export type AccountCommand =
  | OpenAccount
  | ChangeTerms
  | OpenDebt
  | RecordAccountPayment
  | CreditReturn
  | PayOutCash
  | WriteOffDebt
  | AllocateCredit;
