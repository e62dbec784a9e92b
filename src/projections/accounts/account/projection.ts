import {
  type AccountEvent,
  type AccountOpened,
  type Allocation,
  creditAfter,
  ERASED_CONTACT,
  NO_CREDIT,
} from '../../../domain/accounts/events.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import { documentKey } from '../../../domain/kernel/names.ts';
import { perEntity } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { sortNameOf } from '../../../lib/search-words.ts';
import type { CustomerAccount, OpenDebt, StoredAccount } from './document.ts';

/** Key of a customer's account, the same as that of its stream. */
export function accountKey(storeId: string, customerId: string): string {
  return documentKey(storeId, customerId);
}

export const customerAccounts: Projection<StoredAccount, AccountEvent | CommandRefused> = {
  name: 'customer-accounts',
  version: 4,
  collection: 'customer-accounts',
  indexes: [
    { name: 'by_name', fields: ['sortName'] },
    { name: 'by_limit', fields: ['overLimit', 'sortName'] },
  ],
  feed: 'money',
  ...perEntity('account'),
  evolve(account, event) {
    const next = change(account, event);
    if (!next) return undefined;
    const { creditLimitMinor, balanceMinor } = next;
    const isOver = creditLimitMinor !== null && balanceMinor > creditLimitMinor;
    return { ...next, overLimit: isOver ? 'yes' : 'no', revision: event.revision };
  },
};

/** The account as people see it, for its past moments. */
export const accountAsOf: Projection<CustomerAccount, AccountEvent | CommandRefused> = {
  ...customerAccounts,
  evolve(account, event, key) {
    const next = customerAccounts.evolve(
      account && { ...account, sortName: '', overLimit: 'no' },
      event,
      key,
    );
    return next && withoutSortName(next);
  },
};

export function withoutSortName(stored: StoredAccount): CustomerAccount {
  const { sortName: _name, overLimit: _over, breach: _breach, ...account } = stored;
  return account;
}

function change(
  account: StoredAccount | undefined,
  event: RecordedEvent & (AccountEvent | CommandRefused),
): StoredAccount | undefined {
  if (event.type === 'AccountOpened') return opened(event.data, event);
  if (event.type === 'CommandRefused') return account;
  if (!account) throw new InvariantError('an account to be opened first', { type: event.type });
  const next = {
    ...account,
    ...creditAfter(account, event),
    balanceMinor: event.data.balanceMinor,
    updatedAt: event.recordedAt,
  };
  switch (event.type) {
    case 'AccountTermsChanged': {
      const { creditLimitMinor, blockWhenOverdue } = event.data;
      return { ...next, creditLimitMinor, blockWhenOverdue };
    }
    case 'AccountContactChanged': {
      const { previous: _, ...personal } = event.data.personal;
      const { phone: _phone, email: _email, ...rest } = next;
      return { ...rest, ...personal, sortName: sortNameOf(personal.name) };
    }
    case 'CustomerDataErased': {
      const { phone: _phone, email: _email, ...rest } = next;
      const sortName = sortNameOf(ERASED_CONTACT.name);
      return { ...rest, ...ERASED_CONTACT, sortName, erasedAt: event.recordedAt };
    }
    case 'DebtOpened':
      return withDebts(next, [...account.openDebts, newDebt(event.data)]);
    case 'AccountPaymentRecorded':
    case 'CreditApplied':
    case 'SaleReturnedToAccount':
      return withDebts(next, allocate(account.openDebts, event.data.allocations));
    case 'CashPaidOut':
      return next;
    case 'CreditLimitBreached': {
      const { cause, debtId, orderId } = event.data;
      const by = event.metadata.actor.id;
      const breach = { cause, by, at: event.recordedAt, ...omitUndefined({ debtId, orderId }) };
      return { ...next, breach };
    }
    case 'DebtWrittenOff': {
      const { debtId, amountMinor, remainingMinor } = event.data;
      const written = [{ debtId, amountMinor, remainingMinor }];
      return withDebts(next, allocate(account.openDebts, written));
    }
  }
}

function opened(data: AccountOpened['data'], recorded: RecordedEvent): StoredAccount {
  const { customerId, currency, creditLimitMinor, blockWhenOverdue, personal, balanceMinor } = data;
  return {
    customerId,
    revision: recorded.revision,
    ...personal,
    sortName: sortNameOf(personal.name),
    overLimit: 'no',
    currency,
    creditLimitMinor,
    blockWhenOverdue,
    balanceMinor,
    owedMinor: 0,
    ...NO_CREDIT,
    openDebts: [],
    openedAt: recorded.recordedAt,
    updatedAt: recorded.recordedAt,
  };
}

function newDebt(data: Extract<AccountEvent, { type: 'DebtOpened' }>['data']): OpenDebt {
  const { debtId, orderId, kind, businessDay, dueDate, amountMinor } = data;
  return {
    debtId,
    ...(orderId !== undefined && { orderId }),
    kind,
    openedOn: businessDay,
    ...(dueDate !== undefined && { dueDate }),
    amountMinor,
    remainingMinor: amountMinor,
  };
}

function allocate(debts: readonly OpenDebt[], allocations: readonly Allocation[]): OpenDebt[] {
  const remaining = new Map(allocations.map((a) => [a.debtId, a.remainingMinor]));
  return debts
    .map((debt) => ({ ...debt, remainingMinor: remaining.get(debt.debtId) ?? debt.remainingMinor }))
    .filter((debt) => debt.remainingMinor > 0);
}

function withDebts(account: StoredAccount, openDebts: OpenDebt[]): StoredAccount {
  const owedMinor = openDebts.reduce((sum, debt) => sum + debt.remainingMinor, 0);
  return { ...account, openDebts, owedMinor };
}
