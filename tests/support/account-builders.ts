import {
  type AccountCommand,
  accountDecider,
  type AccountEvent,
  type AccountOpened,
  type AccountPaymentRecorded,
  type AccountState,
  type DebtOpened,
  type OpenAccountState,
} from '../../src/domain/accounts/index.ts';
import type { CommandContext } from '../../src/domain/kernel/decider.ts';

export const CUSTOMER = 'customer-1';
export const TODAY = '2025-03-10';

/** The id of what a command made of the account of these tests. */
export const idOf = (commandId: string): string => `${CUSTOMER}:${commandId}`;

/** The context of a command with this id; the ids of debts, payments and payouts follow from it. */
export function contextOf(commandId: string, businessDay: string = TODAY): CommandContext {
  return {
    storeId: 's1',
    entityId: CUSTOMER,
    commandId,
    now: `${businessDay}T12:00:00.000Z`,
    businessDay,
  };
}

const common = { customerId: CUSTOMER, currency: 'EUR', businessDay: TODAY };

export function accountOpened(data: Partial<AccountOpened['data']> = {}): AccountOpened {
  return {
    type: 'AccountOpened',
    data: {
      ...common,
      balanceMinor: 0,
      creditLimitMinor: null,
      blockWhenOverdue: false,
      personal: { name: 'Ada' },
      ...data,
    },
  };
}

/** A debt of 100; pass the balance when it is not the first debt. */
export function debtOpened(data: Partial<DebtOpened['data']> = {}): DebtOpened {
  const amountMinor = data.amountMinor ?? 100;
  return {
    type: 'DebtOpened',
    data: {
      ...common,
      debtId: 'debt-1',
      kind: 'direct',
      amountMinor,
      balanceMinor: amountMinor,
      ...data,
    },
  };
}

/** A cash payment of 100 without allocations; pass the balance when there were debts. */
export function deposited(
  data: Partial<AccountPaymentRecorded['data']> = {},
): AccountPaymentRecorded {
  const amountMinor = data.amountMinor ?? 100;
  return {
    type: 'AccountPaymentRecorded',
    data: {
      ...common,
      paymentId: 'deposit-1',
      method: 'cash',
      amountMinor,
      changeMinor: 0,
      policy: 'fifo',
      allocations: [],
      creditMinor: amountMinor,
      balanceMinor: -amountMinor,
      ...data,
    },
  };
}

/** Commands with the euro as default currency. */
export const openDebt = (
  amountMinor: number,
  data: Partial<Extract<AccountCommand, { type: 'OpenDebt' }>['data']> = {},
): AccountCommand => ({ type: 'OpenDebt', data: { amountMinor, currency: 'EUR', ...data } });

export const pay = (
  amountMinor: number,
  data: Partial<Extract<AccountCommand, { type: 'RecordAccountPayment' }>['data']> = {},
): AccountCommand => ({
  type: 'RecordAccountPayment',
  data: { method: 'cash', amountMinor, currency: 'EUR', ...data },
});

export const returnGoods = (
  refundId: string,
  orderId: string,
  amountMinor: number,
): AccountCommand => ({
  type: 'CreditReturn',
  data: { refundId, orderId, amountMinor, currency: 'EUR' },
});

export const payOut = (amountMinor: number): AccountCommand => ({
  type: 'PayOutCash',
  data: { amountMinor, currency: 'EUR', reason: 'asked for it' },
});

export const writeOff = (debtId: string, amountMinor?: number): AccountCommand => ({
  type: 'WriteOffDebt',
  data: {
    debtId,
    reason: 'moved away',
    approvedBy: 'Grace',
    ...(amountMinor !== undefined && { amountMinor }),
  },
});

export interface Ledger {
  readonly events: readonly AccountEvent[];
  readonly state: AccountState;
}

/** Executes commands by id, one after the other, on the events of an account. */
export function carryOut(
  start: readonly AccountEvent[],
  commands: Readonly<Record<string, AccountCommand>>,
  businessDay: string = TODAY,
): Ledger {
  const events = [...start];
  let state = events.reduce(
    (at, event) => accountDecider.evolve(at, event),
    accountDecider.initialState,
  );
  for (const [id, command] of Object.entries(commands)) {
    const decided = accountDecider.decide(command, state, contextOf(id, businessDay));
    events.push(...decided);
    state = decided.reduce((at, event) => accountDecider.evolve(at, event), state);
  }
  return { events, state };
}

/** The account of a ledger; throws when there is none. */
export function openStateOf({ state }: Ledger): OpenAccountState {
  if (state.status !== 'open') throw new Error('the test has no open account');
  return state;
}
