import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { DomainError } from '../kernel/errors.ts';
import { isCurrency } from '../kernel/money.ts';
import { assertLimit, assertName } from './checks.ts';
import type { ChangeTerms, OpenAccount } from './commands.ts';
import type { AccountOpened, AccountTermsChanged } from './events.ts';
import { balanceMinor, type OpenAccountState } from './state.ts';

/**
 * Opens the account of the customer that the command names.
 * @throws DomainError unknown_currency, amount_out_of_range, invalid_request for a blank name.
 */
export function openAccount(data: OpenAccount['data'], context: CommandContext): AccountOpened[] {
  const { currency, name, phone, email, creditLimitMinor = null } = data;
  if (!isCurrency(currency)) {
    throw new DomainError('unknown_currency', `expected an ISO 4217 code, found ${currency}`, {
      found: currency,
    });
  }
  assertName(name);
  assertLimit(creditLimitMinor);
  return [
    {
      type: 'AccountOpened',
      data: {
        customerId: context.entityId,
        currency,
        businessDay: context.businessDay,
        balanceMinor: 0,
        creditLimitMinor,
        blockWhenOverdue: data.blockWhenOverdue ?? false,
        personal: { name, ...omitUndefined({ phone, email }) },
      },
    },
  ];
}

/**
 * Changes the credit terms. A limit below the balance is allowed: it stops new debts only.
 * @throws DomainError amount_out_of_range.
 */
export function changeTerms(
  data: ChangeTerms['data'],
  account: OpenAccountState,
  context: CommandContext,
): AccountTermsChanged[] {
  const { creditLimitMinor = account.creditLimitMinor } = data;
  const { creditLimitMinor: limitBefore, blockWhenOverdue: blockBefore } = account;
  if (data.creditLimitMinor !== undefined) assertLimit(data.creditLimitMinor);
  return [
    {
      type: 'AccountTermsChanged',
      data: {
        customerId: account.customerId,
        currency: account.currency,
        businessDay: context.businessDay,
        balanceMinor: balanceMinor(account),
        creditLimitMinor,
        blockWhenOverdue: data.blockWhenOverdue ?? blockBefore,
        previous: { creditLimitMinor: limitBefore, blockWhenOverdue: blockBefore },
      },
    },
  ];
}
