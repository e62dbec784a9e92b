import { invariant, unreachable } from '../kernel/invariant.ts';
import {
  type AccountEvent,
  type AccountOpened,
  type Allocation,
  creditAfter,
  type DebtOpened,
  ERASED_CONTACT,
  NO_CREDIT,
} from './events.ts';
import { ordersAfter } from './orders-on-account.ts';
import {
  type AccountDebt,
  type AccountState,
  balanceMinor,
  type OpenAccountState,
} from './state.ts';

/**
 * The account after an event.
 * @throws InvariantError when an event does not fit the account, or leaves another balance than
 *   it states: wrong books stop here.
 */
export function evolveAccount(state: AccountState, event: AccountEvent): AccountState {
  const after = event.type === 'AccountOpened' ? opened(state, event.data) : changed(state, event);
  const found = balanceMinor(after);
  invariant(found === event.data.balanceMinor, `${event.type} to leave the balance it states`, {
    stated: event.data.balanceMinor,
    found,
  });
  return after;
}

function opened(state: AccountState, data: AccountOpened['data']): OpenAccountState {
  invariant(state.status === 'none', 'an account to be opened once', { id: data.customerId });
  return {
    status: 'open',
    customerId: data.customerId,
    currency: data.currency,
    personal: data.personal,
    isErased: false,
    creditLimitMinor: data.creditLimitMinor,
    blockWhenOverdue: data.blockWhenOverdue,
    debts: [],
    settledDebtIds: [],
    ...NO_CREDIT,
    orders: [],
    refundIds: [],
  };
}

function changed(
  account: AccountState,
  event: Exclude<AccountEvent, AccountOpened>,
): OpenAccountState {
  invariant(account.status === 'open', 'an open account', { type: event.type });
  const credit = creditAfter(account, event);
  const found = { type: event.type, ...credit };
  invariant(credit.creditMinor >= 0, 'no more credit to be used than there is', found);
  invariant(credit.cashHeldMinor >= 0, 'no more cash to go out than came in', found);
  invariant(
    credit.cashRefundableMinor >= 0 &&
      credit.cashRefundableMinor <= Math.min(credit.creditMinor, credit.cashHeldMinor),
    'cash in the credit that came in and is part of it',
    found,
  );
  return { ...withDebts(account, event), ...credit, orders: ordersAfter(account, event) };
}

/** The terms, debts and returns after an event. */
function withDebts(
  account: OpenAccountState,
  event: Exclude<AccountEvent, AccountOpened>,
): OpenAccountState {
  switch (event.type) {
    case 'AccountTermsChanged': {
      const { creditLimitMinor, blockWhenOverdue } = event.data;
      return { ...account, creditLimitMinor, blockWhenOverdue };
    }
    case 'AccountContactChanged': {
      const { previous: _, ...personal } = event.data.personal;
      return { ...account, personal };
    }
    case 'CustomerDataErased':
      return { ...account, personal: ERASED_CONTACT, isErased: true };
    case 'DebtOpened':
      return { ...account, debts: [...account.debts, newDebt(event.data)] };
    case 'AccountPaymentRecorded':
    case 'CreditApplied':
      return reduced(account, event.data.allocations);
    case 'SaleReturnedToAccount': {
      const { allocations, refundId } = event.data;
      return {
        ...reduced(account, allocations),
        refundIds: [...account.refundIds, refundId],
      };
    }
    case 'CashPaidOut':
    case 'CreditLimitBreached':
      return account;
    case 'DebtWrittenOff':
      return reduced(account, [event.data]);
    default:
      return unreachable(event);
  }
}

function newDebt(data: DebtOpened['data']): AccountDebt {
  const { debtId, kind, amountMinor, orderId, dueDate, businessDay } = data;
  return {
    debtId,
    kind,
    amountMinor,
    remainingMinor: amountMinor,
    openedOn: businessDay,
    ...(orderId !== undefined && { orderId }),
    ...(dueDate !== undefined && { dueDate }),
  };
}

/** Subtracts each allocation from its debt; a settled debt leaves the open debts. */
function reduced(
  account: OpenAccountState,
  allocations: readonly Pick<Allocation, 'debtId' | 'amountMinor' | 'remainingMinor'>[],
): OpenAccountState {
  if (allocations.length === 0) return account;
  const byDebt = new Map(allocations.map((allocation) => [allocation.debtId, allocation]));
  const debts: AccountDebt[] = [];
  const settled: string[] = [];
  let matched = 0;
  for (const debt of account.debts) {
    const allocation = byDebt.get(debt.debtId);
    if (!allocation) {
      debts.push(debt);
      continue;
    }
    matched += 1;
    const remainingMinor = debt.remainingMinor - allocation.amountMinor;
    invariant(
      remainingMinor >= 0 && remainingMinor === allocation.remainingMinor,
      'a debt to keep what its allocation states',
      { debtId: debt.debtId, remainingMinor, stated: allocation.remainingMinor },
    );
    if (remainingMinor === 0) settled.push(debt.debtId);
    else debts.push({ ...debt, remainingMinor });
  }
  invariant(matched === allocations.length, 'each allocation to have its own open debt', {
    allocations: allocations.length,
    matched,
  });
  return { ...account, debts, settledDebtIds: [...account.settledDebtIds, ...settled] };
}
