import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import {
  type AccountCommand,
  accountDecider,
  type AccountEvent,
  accountEvents,
  balanceMinor,
} from '../../../src/domain/accounts/index.ts';
import { eventTypes } from '../../../src/domain/kernel/event-types.ts';
import { createCommandEngine } from '../../../src/engine/commands/command-engine.ts';
import { ENGINE_EVENT_TYPES } from '../../../src/engine/commands/engine-events.ts';
import {
  accountOpened,
  carryOut,
  contextOf,
  idOf,
  openDebt,
  openStateOf,
  pay,
  payOut,
  returnGoods,
} from '../../support/account-builders.ts';
import { given } from '../../support/decider.ts';

const sumOf = (events: readonly AccountEvent[], type: AccountEvent['type']) =>
  events
    .filter((event) => event.type === type)
    .reduce((sum, { data }) => sum + ('amountMinor' in data ? data.amountMinor : 0), 0);

describe('a credit sale that is repaid in parts (S29)', () => {
  it.each([
    [185, [85, 100]],
    [185, [184, 1]],
    [18_500, [6_167, 6_167, 6_166]],
  ])('of %i is collected once by %j and leaves no debt', (sale, parts) => {
    const payments = Object.fromEntries(parts.map((part, i) => [`pay-${i}`, pay(part)]));
    const ledger = carryOut([accountOpened()], {
      'debt-1': openDebt(sale, { orderId: 'order-1' }),
      ...payments,
    });
    const state = openStateOf(ledger);
    expect(sumOf(ledger.events, 'DebtOpened')).toBe(sale);
    expect(sumOf(ledger.events, 'AccountPaymentRecorded')).toBe(sale);
    expect(state).toMatchObject({ debts: [], creditMinor: 0, settledDebtIds: [idOf('debt-1')] });
    expect(balanceMinor(state)).toBe(0);
  });
});

describe('the return of a credit sale (S30)', () => {
  /** A sale of 100: 30 were paid in cash at the till, 70 went on account. */
  const sale = carryOut([accountOpened({ creditLimitMinor: 70 })], {
    'debt-1': openDebt(70, { orderId: 'order-1' }),
  }).events;

  it('takes all 80 to the account: no debt, a credit of 10, and no cash for it', () => {
    const ledger = carryOut(sale, { 'r-1': returnGoods('refund-1', 'order-1', 80) });
    const state = openStateOf(ledger);
    expect(state).toMatchObject({ debts: [], creditMinor: 10 });
    expect(balanceMinor(state)).toBe(-10);
    given(accountDecider, ledger.events)
      .when(payOut(10), contextOf('out-1'))
      .thenRefused('payout_exceeds_refundable');
  });

  it('lowers the debt by the 50 that remain when 30 left the till as cash', () => {
    const ledger = carryOut(sale, { 'r-1': returnGoods('refund-1', 'order-1', 50) });
    expect(openStateOf(ledger)).toMatchObject({
      debts: [{ debtId: idOf('debt-1'), remainingMinor: 20 }],
      creditMinor: 0,
    });
  });

  it('takes cash paid into the account out once, whatever comes back later', () => {
    const { events } = carryOut(sale, {
      'pay-1': pay(30),
      'r-1': returnGoods('refund-1', 'order-1', 70),
      'out-1': payOut(30),
      'r-2': returnGoods('refund-2', 'order-1', 30),
    });
    given(accountDecider, events)
      .when(payOut(1), contextOf('out-2'))
      .thenRefused('payout_exceeds_refundable');
  });

  it('is not stopped by a limit lowered under the debt', () => {
    const ledger = carryOut(sale, {
      'terms-1': { type: 'ChangeTerms', data: { creditLimitMinor: 0 } },
      'r-1': returnGoods('refund-1', 'order-1', 60),
      'pay-1': pay(10),
    });
    expect(openStateOf(ledger).debts).toEqual([]);
  });
});

describe('the limit at the moment of sale (S31)', () => {
  it('lets only the first of two sales of 20 in when 20 of 110 are left', () => {
    const events = carryOut([accountOpened({ creditLimitMinor: 110 })], {
      'debt-1': openDebt(90),
    }).events;
    const first = carryOut(events, { 'till-a': openDebt(20) }).events;
    given(accountDecider, first)
      .when(openDebt(20), contextOf('till-b'))
      .thenRefused('credit_limit_exceeded');
  });
});

describe('a credit sale that was refused for the limit (S12)', () => {
  it('stays refused when it is sent again after the customer paid; a new id is decided anew', async () => {
    const log = createMemoryEventLog({ clock: systemClock, ids: systemIds });
    const engineOptions = {
      log,
      clock: systemClock,
      ids: systemIds,
      types: eventTypes(ENGINE_EVENT_TYPES, accountEvents.types),
    };
    const send = (commandId: string, command: AccountCommand) =>
      createCommandEngine(engineOptions).execute(accountDecider, {
        command,
        context: contextOf(commandId),
        actor: { kind: 'key', id: 'till' },
        correlationId: commandId,
        causationId: commandId,
      });
    await send('open', {
      type: 'OpenAccount',
      data: { currency: 'EUR', name: 'Ada', creditLimitMinor: 100 },
    });
    await send('debt-1', openDebt(90));
    const refused = { code: 'credit_limit_exceeded' };
    await expect(send('debt-2', openDebt(20))).rejects.toMatchObject(refused);
    await send('pay-1', pay(90));
    await expect(send('debt-2', openDebt(20))).rejects.toMatchObject({
      ...refused,
      repeated: true,
      details: { availableMinor: 10 },
    });
    const { state } = await send('debt-3', openDebt(20));
    expect(state).toMatchObject({ debts: [{ debtId: idOf('debt-3'), remainingMinor: 20 }] });
    await log.close();
  });
});
