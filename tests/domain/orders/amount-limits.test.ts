import { MAX_AMOUNT_MINOR } from '../../../src/domain/kernel/money.ts';
import {
  type OrderCommand,
  orderDecider,
  type OrderEvent,
} from '../../../src/domain/orders/index.ts';
import { given } from '../../support/decider.ts';
import {
  cancel,
  contextOf,
  happened,
  line,
  pay,
  placeOrder,
  pricedLine,
  refund,
  totals,
} from '../../support/order-builders.ts';

const over = MAX_AMOUNT_MINOR + 1;
const priced = (unitPriceMinor: number, more: object = {}) =>
  placeOrder({ lines: [line({ unitPriceMinor, ...more })] });
const imported = (totalMinor: number): OrderCommand => ({
  type: 'ImportOrder',
  data: {
    source: { provider: 'square', id: 'sq-1' },
    currency: 'EUR',
    lines: [
      pricedLine({ unitPriceMinor: totalMinor, grossMinor: totalMinor, totalMinor: totalMinor }),
    ],
    totals: totals({ grossMinor: totalMinor, totalMinor }),
    placedAt: '2025-03-01T21:00:00Z',
    businessDay: '2025-03-01',
    payments: [],
  },
});

describe('The largest amount of an order', () => {
  it('is 10^12 minor units, so that thousands of such orders still sum below 2^53', () => {
    expect(MAX_AMOUNT_MINOR).toBe(1_000_000_000_000);
    expect(happened(priced(MAX_AMOUNT_MINOR), pay(MAX_AMOUNT_MINOR))).toHaveLength(3);
  });

  it.each<[string, OrderCommand]>([
    ['a price', priced(over)],
    ['a price times a quantity', priced(MAX_AMOUNT_MINOR, { quantity: '1.00001' })],
    ['the sum of two lines', placeOrder({ lines: [line({ unitPriceMinor: over - 1 }), line()] })],
    ['a modifier', priced(1, { modifiers: [{ name: 'm', unitPriceMinor: over }] })],
    [
      'a modifier times its quantity',
      priced(1, { modifiers: [{ name: 'm', quantity: 1_000_000, unitPriceMinor: 1_000_001 }] }),
    ],
    ['a tip', { ...placeOrder({ tipMinor: over }) }],
    ['a charge', placeOrder({ serviceCharges: [{ chargeId: 'c', name: 'c', amountMinor: over }] })],
    [
      'a charge of 1000 %',
      placeOrder({
        lines: [line({ unitPriceMinor: 200_000_000_000 })],
        serviceCharges: [{ chargeId: 'c', name: 'c', percentage: '1000' }],
      }),
    ],
    ['an imported total', imported(over)],
  ])('stops %s beyond it', (_, command) => {
    given<never, never, never>(orderDecider as never, [])
      .when(command as never)
      .thenRefused('amount_out_of_range');
  });

  it('stops a tip that takes a total beyond it, and cash handed over', () => {
    const events = happened(priced(MAX_AMOUNT_MINOR));
    given(orderDecider, events)
      .when(pay(1, { tipMinor: 1 }))
      .thenRefused('amount_out_of_range');
    given(orderDecider, events)
      .when(pay(1, { tenderedMinor: over }))
      .thenRefused('amount_out_of_range');
  });

  it('does not stop what was recorded before there was one from being cancelled or sent back', () => {
    const huge = over * 2;
    const [placed] = happened(priced(1)) as [Extract<OrderEvent, { type: 'OrderPlaced' }>];
    const sums = totals({ grossMinor: huge, totalMinor: huge });
    const old: OrderEvent = { ...placed, data: { ...placed.data, totals: sums } };
    const decided = orderDecider.decide(
      cancel,
      orderDecider.evolve({ status: 'none' }, old),
      contextOf('c'),
    );
    expect(decided[0]?.type).toBe('OrderCancelled');
    const paid: OrderEvent = {
      type: 'OrderPaymentRecorded',
      data: {
        ...{ orderId: placed.data.orderId, businessDay: '2025-03-10', currency: 'EUR' },
        ...{ placedOn: '2025-03-10', paidMinor: huge, dueMinor: 0, paymentId: 'p' },
        ...{ method: 'cash', amountMinor: huge, tipMinor: 0, tipAddedMinor: 0, changeMinor: 0 },
        roundingAddedMinor: 0,
        totals: sums,
      },
    };
    const state = [old, paid].reduce(
      (at, event) => orderDecider.evolve(at, event),
      orderDecider.initialState,
    );
    expect(orderDecider.decide(refund(), state, contextOf('r'))[0]).toMatchObject({
      type: 'OrderRefunded',
      data: { amountMinor: huge, remainingMinor: 0 },
    });
  });
});
