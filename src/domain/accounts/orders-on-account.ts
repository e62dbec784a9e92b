import type { AccountEvent, Allocation } from './events.ts';
import type { OpenAccountState, OrderOnAccount } from './state.ts';

type Amounts = Omit<OrderOnAccount, 'orderId'>;

const NOTHING: Amounts = { paidByCashMinor: 0, paidOtherwiseMinor: 0, writtenOffMinor: 0 };

/** What became of the debts of an order so far. */
export function onAccount({ orders }: OpenAccountState, orderId: string): OrderOnAccount {
  return orders.find((order) => order.orderId === orderId) ?? { orderId, ...NOTHING };
}

/** Where the value of returned goods goes that no open debt of their own order took. */
export interface ReturnedValue {
  /** Was written off and never paid: it lowers the loss and nothing else. */
  readonly recoveredMinor: number;
  /** Was paid in cash. The rest was paid otherwise, or at the till and sent here. */
  readonly cashMinor: number;
}

/**
 * Takes back first what was never paid, then what was not paid in cash, and cash last, so that
 * neither a loss nor card money becomes cash.
 */
export function takeBack(order: OrderOnAccount, valueMinor: number): ReturnedValue {
  const recoveredMinor = Math.min(valueMinor, order.writtenOffMinor);
  const paidMinor = valueMinor - recoveredMinor;
  const cashMinor = Math.min(
    Math.max(0, paidMinor - order.paidOtherwiseMinor),
    order.paidByCashMinor,
  );
  return { recoveredMinor, cashMinor };
}

/** The account's orders after an event; `account` is as it was before it. */
export function ordersAfter(
  account: OpenAccountState,
  { type, data }: AccountEvent,
): readonly OrderOnAccount[] {
  switch (type) {
    case 'AccountPaymentRecorded':
      return paid(account, data.allocations, data.method === 'cash' ? 0 : data.amountMinor);
    case 'CreditApplied':
      return paid(account, data.allocations, account.creditMinor - account.cashRefundableMinor);
    case 'DebtWrittenOff':
      return plus(account, data.debtId, { writtenOffMinor: data.amountMinor });
    case 'SaleReturnedToAccount':
      return returned(account, data);
    default:
      return account.orders;
  }
}

/** Debts that were paid: the first `otherMinor` in another way than by cash. */
function paid(
  account: OpenAccountState,
  allocations: readonly Allocation[],
  otherMinor: number,
): readonly OrderOnAccount[] {
  let left = otherMinor;
  let orders = account.orders;
  for (const { debtId, amountMinor } of allocations) {
    const paidOtherwiseMinor = Math.min(left, amountMinor);
    left -= paidOtherwiseMinor;
    const paidByCashMinor = amountMinor - paidOtherwiseMinor;
    orders = plus({ ...account, orders }, debtId, { paidByCashMinor, paidOtherwiseMinor });
  }
  return orders;
}

function returned(
  account: OpenAccountState,
  data: Extract<AccountEvent, { type: 'SaleReturnedToAccount' }>['data'],
): readonly OrderOnAccount[] {
  const { orderId, amountMinor, allocations, recoveredMinor, creditMinor } = data;
  const own = allocations.filter(({ debtId }) => orderOf(account, debtId) === orderId);
  const others = allocations.filter((allocation) => !own.includes(allocation));
  const before = onAccount(account, orderId);
  const paidMinor = amountMinor - sumOf(own) - recoveredMinor;
  // Version 1 recovered nothing, so that only what was paid is taken back here.
  const { cashMinor } = takeBack({ ...before, writtenOffMinor: 0 }, paidMinor);
  const after = changed(account.orders, orderId, {
    writtenOffMinor: -recoveredMinor,
    paidByCashMinor: -cashMinor,
    paidOtherwiseMinor: -Math.min(paidMinor - cashMinor, before.paidOtherwiseMinor),
  });
  const cashInCredit = data.cashMinor ?? Math.min(creditMinor, cashMinor);
  const cashInOthers = Math.max(0, cashMinor - cashInCredit);
  return paid({ ...account, orders: after }, others, sumOf(others) - cashInOthers);
}

const sumOf = (allocations: readonly Allocation[]): number =>
  allocations.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

/** The order that a debt still open comes from, if any. */
function orderOf(account: OpenAccountState, debtId: string): string | undefined {
  return account.debts.find((debt) => debt.debtId === debtId)?.orderId;
}

function plus(
  account: OpenAccountState,
  debtId: string,
  amounts: Partial<Amounts>,
): readonly OrderOnAccount[] {
  const orderId = orderOf(account, debtId);
  return orderId === undefined ? account.orders : changed(account.orders, orderId, amounts);
}

/** Adds to one order; an order of which nothing is left is dropped. */
function changed(
  orders: readonly OrderOnAccount[],
  orderId: string,
  amounts: Partial<Amounts>,
): readonly OrderOnAccount[] {
  const before = orders.find((order) => order.orderId === orderId);
  const { paidByCashMinor, paidOtherwiseMinor, writtenOffMinor } = before ?? NOTHING;
  const after: OrderOnAccount = {
    orderId,
    paidByCashMinor: paidByCashMinor + (amounts.paidByCashMinor ?? 0),
    paidOtherwiseMinor: paidOtherwiseMinor + (amounts.paidOtherwiseMinor ?? 0),
    writtenOffMinor: writtenOffMinor + (amounts.writtenOffMinor ?? 0),
  };
  const others = orders.filter((order) => order !== before);
  const isEmpty = after.paidByCashMinor + after.paidOtherwiseMinor + after.writtenOffMinor === 0;
  return isEmpty ? others : [...others, after];
}
