import type { Contact, Credit, DebtKind } from './events.ts';

/** A debt on which something is still owed. */
export interface AccountDebt {
  readonly debtId: string;
  readonly kind: DebtKind;
  readonly orderId?: string;
  readonly amountMinor: number;
  /** Still owed, in minor units; never below 1. */
  readonly remainingMinor: number;
  /** Business day of its opening. */
  readonly openedOn: string;
  readonly dueDate?: string;
}

/** What became of the debts of one order, less what came back since; in minor units. */
export interface OrderOnAccount {
  readonly orderId: string;
  readonly paidByCashMinor: number;
  readonly paidOtherwiseMinor: number;
  readonly writtenOffMinor: number;
}

export interface NoAccount {
  readonly status: 'none';
}

export interface OpenAccountState extends Credit {
  readonly status: 'open';
  readonly customerId: string;
  readonly currency: string;
  /**
   * What a change of it records as before. Personal data stands nowhere else, as in events, so that
   * a snapshot can be freed of it.
   */
  readonly personal: Contact;
  /** The personal data was erased; the contact cannot be changed any more. */
  readonly isErased: boolean;
  /** `null`: no limit. */
  readonly creditLimitMinor: number | null;
  readonly blockWhenOverdue: boolean;
  /** In the order of their opening, which is the order in which they are paid. */
  readonly debts: readonly AccountDebt[];
  /** Debts on which nothing is owed any more, to distinguish them from unknown ones. */
  readonly settledDebtIds: readonly string[];
  /** Orders of which something was paid or written off here and has not come back. */
  readonly orders: readonly OrderOnAccount[];
  /** Returns that were counted, so that none counts twice. */
  readonly refundIds: readonly string[];
}

/** One customer's account. Plain JSON: it is kept in snapshots. */
export type AccountState = NoAccount | OpenAccountState;

export const initialAccountState: AccountState = { status: 'none' };

/** Everything still owed on open debts, in minor units. */
export function owedMinor(account: OpenAccountState): number {
  return account.debts.reduce((sum, debt) => sum + debt.remainingMinor, 0);
}

/** The balance in minor units: open debts less credit. Negative: the shop owes the customer. */
export function balanceMinor(account: OpenAccountState): number {
  return owedMinor(account) - account.creditMinor;
}
