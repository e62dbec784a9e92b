import type { CommandContext } from '../kernel/decider.ts';
import { addMinor } from '../kernel/money.ts';
import { allocateInOrder } from './allocation.ts';
import { assertAtLeast, assertCurrency } from './checks.ts';
import type { CreditReturn } from './commands.ts';
import type { SaleReturnedToAccount } from './events.ts';
import { onAccount, takeBack } from './orders-on-account.ts';
import { type AccountDebt, balanceMinor, type OpenAccountState } from './state.ts';

/**
 * Goods of a sale on account come back. Their value lowers the open debts of that order, then
 * recovers what was written off of them, then lowers the other debts from the oldest on, and the
 * rest becomes credit. It only lowers what is owed, so neither the limit nor overdue debts stop it
 * (S30). A refund that was counted before yields no event.
 * @throws DomainError currency_mismatch, amount_out_of_range.
 */
export function creditReturn(
  data: CreditReturn['data'],
  account: OpenAccountState,
  context: CommandContext,
): SaleReturnedToAccount[] {
  const { refundId, orderId, amountMinor, currency } = data;
  // As large as the order was, even if that was placed before there was a largest amount.
  assertAtLeast(amountMinor, 1, 'amountMinor');
  assertCurrency(currency, account);
  if (account.refundIds.includes(refundId)) return [];
  const { customerId } = account;
  const returned = spreadReturn(account, orderId, amountMinor);
  const lowersMinor = amountMinor - returned.recoveredMinor;
  return [
    {
      type: 'SaleReturnedToAccount',
      data: {
        customerId,
        currency,
        businessDay: context.businessDay,
        balanceMinor: addMinor(balanceMinor(account), -lowersMinor),
        refundId,
        orderId,
        amountMinor,
        ...returned,
      },
    },
  ];
}

function spreadReturn(account: OpenAccountState, orderId: string, amountMinor: number) {
  const isOwn = (debt: AccountDebt) => debt.orderId === orderId;
  const own = allocateInOrder(account.debts.filter(isOwn), amountMinor);
  const value = takeBack(onAccount(account, orderId), own.remainderMinor);
  const others = allocateInOrder(
    account.debts.filter((debt) => !isOwn(debt)),
    own.remainderMinor - value.recoveredMinor,
  );
  const creditMinor = others.remainderMinor;
  // Older returns may have given this cash out already: never more than is still here.
  const cashLeftMinor = account.cashHeldMinor - account.cashRefundableMinor;
  return {
    allocations: [...own.allocations, ...others.allocations],
    recoveredMinor: value.recoveredMinor,
    creditMinor,
    cashMinor: Math.min(value.cashMinor, creditMinor, cashLeftMinor),
  };
}
