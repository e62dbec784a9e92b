import { DomainError } from './errors.ts';
import { assertAmount } from './money.ts';

/** Ways in which a sale is settled. `on_account` moves what is due to the customer's account. */
export const PAYMENT_METHODS = [
  'cash',
  'credit_card',
  'debit_card',
  'bank_transfer',
  'on_account',
  'qr',
] as const;
export type Method = (typeof PAYMENT_METHODS)[number];

/** Where money can be sent back to: the drawer, the provider that took it, or the account. */
export type TenderGroup = 'cash' | 'card' | 'account';

/** Everything that a provider or a bank moves counts as card. */
export function groupOf(method: Method): TenderGroup {
  if (method === 'cash') return 'cash';
  return method === 'on_account' ? 'account' : 'card';
}

/**
 * What goes back to the customer, in minor units.
 * @throws DomainError tendered_too_little, amount_out_of_range.
 */
export function change(amountMinor: number, tenderedMinor: number): number {
  assertAmount(amountMinor);
  assertAmount(tenderedMinor, 'tenderedMinor');
  if (tenderedMinor < amountMinor) {
    throw new DomainError(
      'tendered_too_little',
      `expected at least ${amountMinor} tendered, found ${tenderedMinor}`,
      { amountMinor, tenderedMinor },
    );
  }
  return tenderedMinor - amountMinor;
}
