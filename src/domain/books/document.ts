import type { Unmapped } from './mapping.ts';

/** A sale or refund as an accounting system books it, in minor units. */
export interface BooksDocument {
  /**
   * `invoice`: the account of the customer owes it, or a part of it. `credit-memo`: it owes less.
   */
  readonly kind: 'sales-receipt' | 'refund-receipt' | 'invoice' | 'credit-memo';
  /** At most 21 characters, the same for the same sale for ever. */
  readonly number: string;
  /** Business day, YYYY-MM-DD. */
  readonly day: string;
  readonly currency: string;
  readonly lines: readonly BooksLine[];
  /** One discount for the whole document, 0 for none. */
  readonly discountMinor: number;
  readonly discountAccountId?: string;
  /** Lines less discount. */
  readonly totalMinor: number;
  /** Of an invoice: what was paid at once. */
  readonly depositMinor?: number;
  readonly customerId?: string;
  readonly paymentMethodId?: string;
  /** Where the money is until the provider of payments pays it out. */
  readonly depositAccountId?: string;
  readonly departmentId?: string;
  readonly classId?: string;
  readonly taxCode: string;
  /** Holds the ids by which people find it. */
  readonly note: string;
}

export interface BooksLine {
  readonly itemId: string;
  readonly description: string;
  /** Negative only for rounding. */
  readonly amountMinor: number;
  /** A decimal text. */
  readonly quantity?: string;
  /** Only where quantity times price is exactly the amount. */
  readonly unitPriceMinor?: number;
}

/** Why an order is not posted as it is. A person decides. */
export const PARK_CODES = [
  ...(['books_not_set_up', 'total_mismatch', 'currency_not_supported'] as const),
  ...(['customer_not_mapped', 'deposit_account_not_mapped', 'order_not_complete'] as const),
  ...(['refund_to_account', 'payout_accounts_not_mapped'] as const),
] as const;

export interface Parked {
  readonly outcome: 'parked';
  readonly code: (typeof PARK_CODES)[number];
  /** For people, with what was expected and found. */
  readonly reason: string;
  /** Of `total_mismatch`: the order's total, and what its receipt comes to. */
  readonly expectedMinor?: number;
  readonly foundMinor?: number;
  readonly unmapped: readonly Unmapped[];
}

export type Translation =
  | {
      readonly outcome: 'document';
      readonly document: BooksDocument;
      /** Went to the fallback. */
      readonly unmapped: readonly Unmapped[];
    }
  | Parked;

export const sumOfLines = (lines: readonly BooksLine[]): number =>
  lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
