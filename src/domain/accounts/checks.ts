import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { assertAmount, assertWithinMaximum } from '../kernel/money.ts';
import type { AccountDebt, OpenAccountState } from './state.ts';

/**
 * Checks an amount of a request.
 * @throws DomainError amount_out_of_range unless it is an integer from 1 to MAX_AMOUNT_MINOR.
 */
export function assertPositive(amountMinor: number, name = 'amountMinor'): void {
  assertWithinMaximum(amountMinor, name);
  assertAtLeast(amountMinor, 1, name);
}

/** @throws DomainError amount_out_of_range unless it is a safe integer of at least `minimum`. */
export function assertAtLeast(amountMinor: number, minimum: number, name: string): void {
  assertAmount(amountMinor, name);
  if (amountMinor >= minimum) return;
  throw new DomainError(
    'amount_out_of_range',
    `expected ${name} of at least ${minimum}, found ${amountMinor}`,
    { field: name, found: amountMinor },
  );
}

/** @throws DomainError amount_out_of_range for a limit that is not `null` and not from 0 to
 *   MAX_AMOUNT_MINOR. */
export function assertLimit(creditLimitMinor: number | null): void {
  if (creditLimitMinor === null) return;
  assertWithinMaximum(creditLimitMinor, 'creditLimitMinor');
  assertAtLeast(creditLimitMinor, 0, 'creditLimitMinor');
}

/** @throws DomainError invalid_request for a blank name. */
export function assertName(name: string): void {
  if (name.trim() !== '') return;
  throw new DomainError('invalid_request', 'expected a name, found none', { field: 'name' });
}

/** @throws DomainError currency_mismatch. */
export function assertCurrency(currency: string, account: OpenAccountState): void {
  if (currency === account.currency) return;
  throw new DomainError(
    'currency_mismatch',
    `expected currency ${account.currency}, found ${currency}`,
    { expected: account.currency, found: currency },
  );
}

/** @throws DomainError approval_required if the text is missing or blank, naming the field. */
export function assertJustified(text: string | undefined, field: 'reason' | 'approvedBy'): void {
  if (text !== undefined && text.trim() !== '') return;
  throw new DomainError('approval_required', `expected ${field}, found none`, { field });
}

/**
 * The open debt with that id.
 * @throws DomainError debt_settled when it is paid or written off in full.
 * @throws NotFoundError debt_not_found when the account never had it.
 */
export function openDebtOf(account: OpenAccountState, debtId: string): AccountDebt {
  const debt = account.debts.find((open) => open.debtId === debtId);
  if (debt) return debt;
  if (account.settledDebtIds.includes(debtId)) {
    throw new DomainError('debt_settled', `nothing is owed on debt ${debtId}`, { debtId });
  }
  throw new NotFoundError('debt_not_found', `there is no debt ${debtId}`, { debtId });
}
