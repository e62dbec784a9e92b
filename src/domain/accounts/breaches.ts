import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { AccountEvent, BreachCause, CreditLimitBreached } from './events.ts';
import { balanceMinor, type OpenAccountState } from './state.ts';

const CAUSES: Partial<Record<AccountEvent['type'], BreachCause>> = {
  DebtOpened: 'debt',
  AccountTermsChanged: 'terms',
  CashPaidOut: 'payout',
};

/**
 * The alert event of a decision after which more is owed than the limit allows (D3). A sale is
 * refused before that. What cannot be refused, because it has happened or a person decided it, is
 * never silent: an opening balance, a limit below the balance, credit that leaves as cash.
 */
export function breachOf(
  account: OpenAccountState,
  events: readonly AccountEvent[],
): CreditLimitBreached[] {
  const last = events.at(-1);
  const first = events.find(({ type }) => CAUSES[type] !== undefined);
  const cause = first && CAUSES[first.type];
  if (!last || !first || !cause) return [];
  const { balanceMinor: afterMinor, customerId, currency, businessDay } = last.data;
  const before = account.creditLimitMinor;
  const limitMinor = first.type === 'AccountTermsChanged' ? first.data.creditLimitMinor : before;
  if (limitMinor === null || afterMinor <= limitMinor) return [];
  const isLower = before === null || limitMinor < before;
  if (afterMinor <= balanceMinor(account) && !isLower) return [];
  const debt = first.type === 'DebtOpened' ? first.data : undefined;
  const data = {
    ...{ customerId, currency, businessDay, balanceMinor: afterMinor },
    ...{ creditLimitMinor: limitMinor, overMinor: afterMinor - limitMinor, cause },
    ...omitUndefined({ debtId: debt?.debtId, orderId: debt?.orderId }),
  };
  return [{ type: 'CreditLimitBreached', data }];
}
