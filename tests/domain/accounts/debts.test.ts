import { accountDecider, type AccountEvent } from '../../../src/domain/accounts/index.ts';
import {
  accountOpened,
  carryOut,
  contextOf,
  CUSTOMER,
  debtOpened,
  deposited,
  idOf,
  openDebt,
  openStateOf,
  pay,
  TODAY,
  writeOff,
} from '../../support/account-builders.ts';
import { given } from '../../support/decider.ts';

const common = { customerId: CUSTOMER, currency: 'EUR', businessDay: TODAY };
const opened = (limit: number | null = null) => accountOpened({ creditLimitMinor: limit });
const account = (data: object): AccountEvent[] => [accountOpened(data)];

describe('OpenDebt', () => {
  it('names the debt after the command and keeps its order, due date and note', () => {
    given(accountDecider, [opened()])
      .when(
        openDebt(185, { orderId: 'order-1', dueDate: '2025-04-10', note: 'lunch' }),
        contextOf('debt-1'),
      )
      .then([
        debtOpened({
          debtId: idOf('debt-1'),
          kind: 'sale',
          amountMinor: 185,
          orderId: 'order-1',
          dueDate: '2025-04-10',
          note: 'lunch',
        }),
      ]);
  });

  it('takes a debt without an order as a direct one', () => {
    given(accountDecider, [opened()])
      .when(openDebt(100), contextOf('debt-1'))
      .then([debtOpened({ debtId: idOf('debt-1'), kind: 'direct' })]);
  });

  it('fills the limit to the last cent and not beyond it', () => {
    const events = [opened(150), debtOpened()];
    given(accountDecider, events)
      .when(openDebt(50), contextOf('debt-2'))
      .then([debtOpened({ debtId: idOf('debt-2'), amountMinor: 50, balanceMinor: 150 })]);
    given(accountDecider, events)
      .when(openDebt(51), contextOf('debt-2'))
      .thenRefused('credit_limit_exceeded');
  });

  it('says how much the limit still allows when it refuses', () => {
    const { details } = given(accountDecider, [opened(150), debtOpened()])
      .when(openDebt(80), contextOf('debt-2'))
      .thenRefused('credit_limit_exceeded');
    expect(details).toEqual({
      limitMinor: 150,
      balanceMinor: 100,
      requestedMinor: 80,
      availableMinor: 50,
    });
  });

  it('lets credit widen what the limit allows', () => {
    const { state } = carryOut([opened(100), deposited({ amountMinor: 30 })], {
      'debt-2': openDebt(130),
    });
    expect(state).toMatchObject({ creditMinor: 0, debts: [{ remainingMinor: 100 }] });
  });

  it('does not limit an opening balance', () => {
    const debtId = idOf('debt-1');
    const breach = { creditLimitMinor: 10, overMinor: 90, cause: 'debt', debtId } as const;
    given(accountDecider, [opened(10)])
      .when(openDebt(100, { kind: 'opening' }), contextOf('debt-1'))
      .then([
        debtOpened({ debtId, kind: 'opening' }),
        { type: 'CreditLimitBreached', data: { ...common, balanceMinor: 100, ...breach } },
      ]);
  });

  it('pays the new debt from credit in the same decision', () => {
    given(accountDecider, [opened(), deposited({ amountMinor: 30 })])
      .when(openDebt(100), contextOf('debt-1'))
      .then([
        debtOpened({ debtId: idOf('debt-1'), balanceMinor: 70 }),
        {
          type: 'CreditApplied',
          data: {
            ...common,
            balanceMinor: 70,
            amountMinor: 30,
            policy: 'fifo',
            allocations: [{ debtId: idOf('debt-1'), amountMinor: 30, remainingMinor: 70 }],
          },
        },
      ]);
  });

  it('settles the new debt at once when the credit is enough', () => {
    const ledger = carryOut([opened(), deposited()], { 'debt-1': openDebt(40) });
    expect(openStateOf(ledger)).toMatchObject({
      debts: [],
      settledDebtIds: [idOf('debt-1')],
      creditMinor: 60,
    });
  });

  it('is blocked from the day after an open debt was due', () => {
    const events = [...account({ blockWhenOverdue: true }), debtOpened({ dueDate: '2025-03-09' })];
    given(accountDecider, events)
      .when(openDebt(1), contextOf('debt-2', '2025-03-09'))
      .then([
        debtOpened({
          debtId: idOf('debt-2'),
          amountMinor: 1,
          balanceMinor: 101,
          businessDay: '2025-03-09',
        }),
      ]);
    given(accountDecider, events)
      .when(openDebt(1), contextOf('debt-2', '2025-03-10'))
      .thenRefused('overdue_block');
    given(accountDecider, events)
      .when(openDebt(1, { kind: 'opening' }), contextOf('debt-2', '2025-03-10'))
      .then([
        debtOpened({ debtId: idOf('debt-2'), kind: 'opening', amountMinor: 1, balanceMinor: 101 }),
      ]);
  });

  it('is free again once the overdue debt is paid', () => {
    const ledger = carryOut(
      [...account({ blockWhenOverdue: true }), debtOpened({ dueDate: '2025-03-09' })],
      { 'pay-1': pay(100), 'debt-2': openDebt(5) },
    );
    expect(openStateOf(ledger).debts).toHaveLength(1);
  });

  it.each(['debt-1', 'debt-2'])('refuses %s, whose id an open or settled debt has', (id) => {
    const { events } = carryOut([opened()], {
      'debt-1': openDebt(10),
      'debt-2': openDebt(20),
      'pay-1': pay(10),
    });
    given(accountDecider, events).when(openDebt(10), contextOf(id)).thenRefused('debt_exists');
  });

  it.each([
    ['currency_mismatch', openDebt(10, { currency: 'USD' })],
    ['amount_out_of_range', openDebt(0)],
    ['amount_out_of_range', openDebt(-10)],
    ['amount_out_of_range', openDebt(0.5)],
    ['amount_out_of_range', openDebt(Number.NaN)],
    ['invalid_request', openDebt(10, { dueDate: '2025-02-30' })],
  ] as const)('refuses with %s what %j asks for', (code, command) => {
    given(accountDecider, [opened()]).when(command, contextOf('debt-1')).thenRefused(code);
  });

  it('refuses a debt that takes the sum of debts past what can be counted', () => {
    const most = Number.MAX_SAFE_INTEGER;
    given(accountDecider, [opened(), debtOpened({ amountMinor: most, balanceMinor: most })])
      .when(openDebt(1), contextOf('debt-2'))
      .thenRefused('amount_out_of_range');
  });
});

describe('OpenDebt beside credit that a person kept apart', () => {
  it('refuses a debt past what can be counted though the balance could be', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const { events } = carryOut([opened(), debtOpened({ amountMinor: most, balanceMinor: most })], {
      'pay-1': pay(1, { allocations: [], reason: 'a deposit' }),
    });
    given(accountDecider, events)
      .when(openDebt(1), contextOf('debt-2'))
      .thenRefused('amount_out_of_range');
  });
});

describe('WriteOffDebt', () => {
  const events = [opened(), debtOpened()];
  const writtenOff = (amountMinor: number): AccountEvent => ({
    type: 'DebtWrittenOff',
    data: {
      ...common,
      balanceMinor: 100 - amountMinor,
      debtId: 'debt-1',
      amountMinor,
      remainingMinor: 100 - amountMinor,
      reason: 'moved away',
      approvedBy: 'Grace',
    },
  });

  it('gives up all that is open when no amount is given', () => {
    given(accountDecider, events)
      .when(writeOff('debt-1'), contextOf('w-1'))
      .then([writtenOff(100)]);
  });

  it('gives up a part and leaves the rest owed', () => {
    given(accountDecider, events)
      .when(writeOff('debt-1', 40), contextOf('w-1'))
      .then([writtenOff(40)]);
  });

  it.each([
    ['write_off_exceeds_debt', writeOff('debt-1', 101)],
    ['amount_out_of_range', writeOff('debt-1', 0)],
    ['debt_not_found', writeOff('debt-9')],
    [
      'approval_required',
      { type: 'WriteOffDebt', data: { debtId: 'debt-1', reason: 'x', approvedBy: ' ' } },
    ],
    [
      'approval_required',
      { type: 'WriteOffDebt', data: { debtId: 'debt-1', reason: '', approvedBy: 'Grace' } },
    ],
  ] as const)('refuses with %s to write off as %j asks', (code, command) => {
    given(accountDecider, events).when(command, contextOf('w-1')).thenRefused(code);
  });

  it('tells a settled debt from an unknown one, also after others were settled', () => {
    const ledger = carryOut(events, {
      'pay-1': pay(100),
      'debt-2': openDebt(5),
      'pay-2': pay(5),
    });
    for (const debtId of ['debt-1', idOf('debt-2')]) {
      given(accountDecider, ledger.events)
        .when(writeOff(debtId), contextOf('w-1'))
        .thenRefused('debt_settled');
    }
    expect(openStateOf(ledger).settledDebtIds).toEqual(['debt-1', idOf('debt-2')]);
  });
});
