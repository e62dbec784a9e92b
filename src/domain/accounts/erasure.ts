import type { CommandContext } from '../kernel/decider.ts';
import { DomainError } from '../kernel/errors.ts';
import type { ErasePersonalData } from './commands.ts';
import type { CustomerDataErased } from './events.ts';
import { balanceMinor, type OpenAccountState } from './state.ts';

/**
 * The customer's name, phone number and email are removed for ever. Debts, credit and terms stay.
 * A repeat under another key changes nothing, because there is nothing left to erase.
 */
export function erasePersonalData(
  { reason }: ErasePersonalData['data'],
  account: OpenAccountState,
  { businessDay }: CommandContext,
): CustomerDataErased[] {
  if (account.isErased) return [];
  const { customerId, currency } = account;
  const data = { customerId, currency, businessDay, balanceMinor: balanceMinor(account), reason };
  return [{ type: 'CustomerDataErased', data }];
}

/** @throws DomainError customer_erased: a contact given now could not be erased once more. */
export function assertNotErased({ isErased, customerId }: OpenAccountState): void {
  if (!isErased) return;
  throw new DomainError('customer_erased', `the data of customer ${customerId} was erased`, {
    customerId,
  });
}
