import { accountDecider, type AccountEvent } from '../../../src/domain/accounts/index.ts';
import { InvariantError } from '../../../src/domain/kernel/errors.ts';
import {
  accountOpened,
  CUSTOMER,
  debtOpened,
  deposited,
  TODAY,
} from '../../support/account-builders.ts';
import { fold as foldEvents } from '../../support/decider.ts';

const fold = (...events: AccountEvent[]) => foldEvents(accountDecider, events);
const common = { customerId: CUSTOMER, currency: 'EUR', businessDay: TODAY };
const allocation = (debtId: string, amountMinor: number, remainingMinor: number) => ({
  debtId,
  amountMinor,
  remainingMinor,
});

describe('an account read from its events', () => {
  it('holds what is personal under that name alone', () => {
    const personal = { name: 'Ada Lovelace', phone: '+43 1' };
    const state = fold(accountOpened({ personal }));
    expect(state).toMatchObject({ personal });
    expect(JSON.stringify({ ...state, personal: {} })).not.toMatch(/Lovelace|\+43/);
    expect(state).toMatchObject({ status: 'open', customerId: CUSTOMER });
  });

  it('stops at an event whose balance is not what the books say', () => {
    expect(() => fold(accountOpened(), debtOpened({ balanceMinor: 99 }))).toThrow(InvariantError);
  });

  it('stops at an allocation to a debt that is not open', () => {
    const paid = deposited({ creditMinor: 0, allocations: [allocation('debt-9', 100, 0)] });
    expect(() => fold(accountOpened(), paid)).toThrow(InvariantError);
  });

  it('stops at an allocation that says another rest than the debt has', () => {
    const paid = deposited({
      creditMinor: 0,
      balanceMinor: 0,
      allocations: [allocation('debt-1', 100, 1)],
    });
    expect(() => fold(accountOpened(), debtOpened(), paid)).toThrow(InvariantError);
  });

  it('stops at credit that was never there', () => {
    const applied: AccountEvent = {
      type: 'CreditApplied',
      data: { ...common, balanceMinor: 1, amountMinor: 1, policy: 'fifo', allocations: [] },
    };
    expect(() => fold(accountOpened(), applied)).toThrow(InvariantError);
  });

  it('stops at cash that never came in', () => {
    const out: AccountEvent = {
      type: 'CashPaidOut',
      data: { ...common, balanceMinor: -99, payoutId: 'out-1', amountMinor: 1, reason: 'x' },
    };
    expect(() => fold(accountOpened(), deposited({ method: 'qr' }), out)).toThrow(InvariantError);
  });

  it('stops at events before the account is opened, and at a second opening', () => {
    expect(() => fold(debtOpened())).toThrow(InvariantError);
    expect(() => fold(accountOpened(), accountOpened())).toThrow(InvariantError);
  });

  it('refuses to fold or decide what it does not know', () => {
    const state = fold(accountOpened());
    const event = { type: 'DebtForgotten', data: { balanceMinor: 0 } } as never;
    const command = { type: 'ForgetDebt', data: {} } as never;
    expect(() => accountDecider.evolve(state, event)).toThrow(InvariantError);
    expect(() => accountDecider.decide(command, state, {} as never)).toThrow(InvariantError);
  });
});
