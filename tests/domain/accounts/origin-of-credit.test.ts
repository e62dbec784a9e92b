import { accountDecider, type AccountEvent } from '../../../src/domain/accounts/index.ts';
import {
  accountOpened,
  carryOut,
  contextOf,
  CUSTOMER,
  openDebt,
  openStateOf,
  pay,
  payOut,
  returnGoods,
  TODAY,
  writeOff,
} from '../../support/account-builders.ts';
import { given } from '../../support/decider.ts';

type Commands = Parameters<typeof carryOut>[1];

const after = (commands: Commands) => carryOut([accountOpened()], commands);
const card = (amountMinor: number) => pay(amountMinor, { method: 'credit_card' });
const sale = (amountMinor: number, orderId = 'order-1') => openDebt(amountMinor, { orderId });

/** At most so much can be paid out in cash. */
function expectRefundable(commands: Commands, amountMinor: number): void {
  const ledger = after(commands);
  expect(openStateOf(ledger).cashRefundableMinor).toBe(amountMinor);
  given(accountDecider, ledger.events)
    .when(payOut(amountMinor + 1), contextOf('out'))
    .thenRefused('payout_exceeds_refundable');
  if (amountMinor > 0) carryOut(ledger.events, { out: payOut(amountMinor) });
}

describe('Cash that may be paid out', () => {
  it('is not cash that paid a debt, so that card money does not leave as cash', () => {
    expectRefundable({ d: openDebt(100), cash: pay(100), card: card(100) }, 0);
  });

  it('is the part of a cash payment that no debt took', () => {
    expectRefundable({ d: openDebt(60), cash: pay(100), card: card(25) }, 40);
  });

  it('stays with the credit while credit by card pays debts first', () => {
    const commands = { cash: pay(50), card: card(50), d: openDebt(50) };
    expectRefundable(commands, 50);
    expectRefundable({ ...commands, d2: openDebt(20) }, 30);
  });

  it('is the cash that paid for goods that came back', () => {
    const paid = { s: sale(100), cash: pay(100) };
    expectRefundable({ ...paid, r: returnGoods('r1', 'order-1', 40) }, 40);
    const all = { r: returnGoods('r1', 'order-1', 40), r2: returnGoods('r2', 'order-1', 60) };
    expectRefundable({ ...paid, ...all }, 100);
  });

  it('is not the cash of another order than the one whose goods came back', () => {
    const paid = { s1: sale(100), cash: pay(100), s2: sale(100, 'order-2'), card: card(100) };
    expectRefundable({ ...paid, r: returnGoods('r1', 'order-2', 100) }, 0);
    expectRefundable({ ...paid, r: returnGoods('r1', 'order-1', 100) }, 100);
  });

  it('is only the part of mixed payments that was cash, taken last', () => {
    const paid = { s: sale(100), cash: pay(30), card: card(70) };
    expectRefundable({ ...paid, r: returnGoods('r1', 'order-1', 70) }, 0);
    expectRefundable({ ...paid, r: returnGoods('r1', 'order-1', 80) }, 10);
  });

  it('follows credit into a debt and back', () => {
    const paid = { cash: pay(100), s: sale(100) };
    expectRefundable(paid, 0);
    expectRefundable({ ...paid, r: returnGoods('r1', 'order-1', 100) }, 100);
  });

  it('is less by what a return pays of other debts', () => {
    const paid = { s: sale(100), cash: pay(100), d: openDebt(30) };
    expectRefundable({ ...paid, r: returnGoods('r1', 'order-1', 100) }, 70);
  });

  it('is nothing for money that an order sends to an account beyond what was charged', () => {
    const paid = { s: sale(70), cash: pay(70) };
    expectRefundable({ ...paid, r: returnGoods('r1', 'order-1', 100) }, 70);
  });
});

describe('Goods whose debt was written off', () => {
  const returned = (ledger: { events: readonly AccountEvent[] }) => ledger.events.at(-1)?.data;

  it('come back without becoming credit: what was written off is recovered', () => {
    const ledger = after({
      s: sale(100),
      off: writeOff('customer-1:s'),
      r: returnGoods('r1', 'order-1', 100),
    });
    expect(openStateOf(ledger)).toMatchObject({ creditMinor: 0, cashRefundableMinor: 0 });
    expect(returned(ledger)).toMatchObject({
      amountMinor: 100,
      allocations: [],
      recoveredMinor: 100,
      creditMinor: 0,
      balanceMinor: 0,
    });
  });

  it('become credit only for what was paid of them', () => {
    const start = { s: sale(100), cash: pay(40), off: writeOff('customer-1:s') };
    const half = after({ ...start, r: returnGoods('r1', 'order-1', 50) });
    expect(returned(half)).toMatchObject({ recoveredMinor: 50, creditMinor: 0 });
    const rest = carryOut(half.events, { r2: returnGoods('r2', 'order-1', 50) });
    expect(returned(rest)).toMatchObject({ recoveredMinor: 10, creditMinor: 40, cashMinor: 40 });
  });

  it('pay no other debt with what was never paid', () => {
    const start = { s: sale(100), off: writeOff('customer-1:s', 60), d: openDebt(500) };
    const ledger = after({ ...start, r: returnGoods('r1', 'order-1', 100) });
    expect(returned(ledger)).toMatchObject({
      allocations: [{ debtId: 'customer-1:s', amountMinor: 40, remainingMinor: 0 }],
      recoveredMinor: 60,
      balanceMinor: 500,
    });
  });
});

describe('Events recorded before cash was followed into debts', () => {
  const common = { customerId: CUSTOMER, currency: 'EUR', businessDay: TODAY };
  /** As the upcaster of version 1 gives it. */
  const returnedBefore = (creditMinor: number, balanceMinor: number): AccountEvent => ({
    type: 'SaleReturnedToAccount',
    data: {
      ...common,
      balanceMinor,
      refundId: 'r1',
      orderId: 'order-1',
      amountMinor: creditMinor,
      allocations: [],
      creditMinor,
      cashMinor: null,
      recoveredMinor: 0,
    },
  });
  const paidOut = (amountMinor: number, balanceMinor: number): AccountEvent => ({
    type: 'CashPaidOut',
    data: { ...common, balanceMinor, payoutId: 'p', amountMinor, reason: 'asked' },
  });

  it('keep what they gave: a return is refundable as far as cash had come in', () => {
    const { events } = after({ s: sale(100), cash: pay(100) });
    const ledger = carryOut([...events, returnedBefore(100, -100)], {});
    expect(openStateOf(ledger)).toMatchObject({ creditMinor: 100, cashRefundableMinor: 100 });
  });

  it('are folded even where more was paid out than is allowed now', () => {
    const { events } = after({ d: openDebt(100), cash: pay(100), card: card(100) });
    const ledger = carryOut([...events, paidOut(80, -20)], {});
    expect(openStateOf(ledger)).toMatchObject({ creditMinor: 20, cashRefundableMinor: 0 });
  });
});
