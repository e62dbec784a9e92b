import type { CommandContext } from '../kernel/decider.ts';
import { addMinor } from '../kernel/money.ts';
import { allocateInOrder } from './allocation.ts';
import { assertAtLeast, assertCurrency } from './checks.ts';
import type { CreditReturn } from './commands.ts';
import type { SaleReturnedToAccount } from './events.ts';
import { balanceMinor, type OpenAccountState } from './state.ts';

/**
 * Goods of a sale on account come back: first the debts of that order shrink, then the other
 * debts from the oldest on, and the rest becomes credit. It only lowers what is owed, so neither
 * the limit nor overdue debts stop it (S30). A refund that was counted yields no event.
 * @throws DomainError currency_mismatch, amount_out_of_range.
 */
export function creditReturn(
  data: CreditReturn['data'],
  account: OpenAccountState,
  context: CommandContext,
): SaleReturnedToAccount[] {
  const { refundId, orderId, amountMinor, currency } = data;
  // As large as the order was, also one from before there was a largest amount.
  assertAtLeast(amountMinor, 1, 'amountMinor');
  assertCurrency(currency, account);
  if (account.refundIds.includes(refundId)) return [];
  const ofOrder = account.debts.filter((debt) => debt.orderId === orderId);
  const others = account.debts.filter((debt) => debt.orderId !== orderId);
  const { allocations, remainderMinor } = allocateInOrder([...ofOrder, ...others], amountMinor);
  return [
    {
      type: 'SaleReturnedToAccount',
      data: {
        customerId: account.customerId,
        currency,
        businessDay: context.businessDay,
        balanceMinor: addMinor(balanceMinor(account), -amountMinor),
        refundId,
        orderId,
        amountMinor,
        allocations,
        creditMinor: remainderMinor,
      },
    },
  ];
}
