import {
  type OrderCommand,
  orderDecider,
  type OrderEvent,
} from '../../../src/domain/orders/index.ts';
import { given } from '../../support/decider.ts';
import {
  charge,
  confirm,
  contextOf,
  happened,
  line,
  orderAfter,
  orderOf,
  pay,
  placeOrder,
  refund,
  reject,
} from '../../support/order-builders.ts';

/** Lines of these prices where the smallest coin is 5. */
const sale = (...prices: number[]) =>
  placeOrder({
    lines: prices.map((unitPriceMinor, i) => line({ lineId: `l${i}`, unitPriceMinor })),
    cashRoundingMinor: 5,
  });
const card = (amountMinor: number) => pay(amountMinor, { method: 'credit_card' });
const at = (...commands: OrderCommand[]) => given(orderDecider, happened(...commands));
const lastOf = (...commands: OrderCommand[]) => {
  const payments = happened(...commands).filter(({ type }) => type === 'OrderPaymentRecorded');
  return payments.at(-1)?.data;
};

describe('The smallest coin', () => {
  it('leaves the total exact until cash is paid', () => {
    expect(orderAfter(sale(102)).totals).toMatchObject({ roundingMinor: 0, totalMinor: 102 });
    const paid = orderAfter(sale(102), card(102));
    expect(paid).toMatchObject({ status: 'CONFIRMED', totals: { roundingMinor: 0 } });
  });

  it.each([
    [101, 100],
    [102, 100],
    [103, 105],
    [104, 105],
    [105, 105],
  ])('takes %i in cash as %i, however the till says it', (due, taken) => {
    const rounding = taken - due;
    for (const asked of [due, taken]) {
      expect(lastOf(sale(due), pay(asked))).toMatchObject({
        amountMinor: taken,
        roundingAddedMinor: rounding,
        dueMinor: 0,
        totals: { roundingMinor: rounding, totalMinor: taken },
      });
      expect(orderAfter(sale(due), pay(asked)).status).toBe('CONFIRMED');
    }
  });

  it('gives change on what is taken', () => {
    expect(lastOf(sale(102), pay(102, { tenderedMinor: 200 }))).toMatchObject({ changeMinor: 100 });
    at(sale(103))
      .when(pay(103, { tenderedMinor: 103 }))
      .thenRefused('tendered_too_little');
  });

  it('rounds what remains after a card, and not a part that leaves something due', () => {
    expect(lastOf(sale(102), card(40), pay(62))).toMatchObject({ amountMinor: 60, dueMinor: 0 });
    expect(lastOf(sale(102), pay(33))).toMatchObject({
      amountMinor: 33,
      roundingAddedMinor: 0,
      dueMinor: 69,
    });
    expect(lastOf(sale(102), pay(33), pay(70))).toMatchObject({
      amountMinor: 70,
      roundingAddedMinor: 1,
    });
  });

  it('rounds the cash part only while an account has not answered for the rest', () => {
    const order = orderAfter(sale(102), charge(50), pay(52), confirm('c2'));
    expect(order).toMatchObject({ status: 'CONFIRMED', totals: { totalMinor: 100 } });
    const refused = orderAfter(sale(102), charge(51), pay(51), reject('c2'), pay(51));
    expect(refused).toMatchObject({ status: 'CONFIRMED', paid: { cash: 100 } });
  });

  it('waives what is less than half a coin', () => {
    expect(lastOf(sale(2), pay(2))).toMatchObject({ amountMinor: 0, roundingAddedMinor: -2 });
    expect(lastOf(sale(102), card(100), pay(2))).toMatchObject({ amountMinor: 0, dueMinor: 0 });
  });

  it('rounds no tip, and takes no more than the rounded amount', () => {
    expect(lastOf(sale(102), pay(102, { tipMinor: 7 }))).toMatchObject({
      amountMinor: 100,
      tipMinor: 7,
      totals: { totalMinor: 107, tipMinor: 7, roundingMinor: -2 },
    });
    at(sale(103)).when(pay(106)).thenRefused('payment_exceeds_due');
    at(sale(102)).when(pay(105)).thenRefused('payment_exceeds_due');
    at(sale(103)).when(card(105)).thenRefused('payment_exceeds_due');
  });
});

/** As the upcaster gives orders that were rounded when they were placed. */
const placedBefore = (...prices: number[]): OrderEvent[] =>
  happened(sale(...prices)).map((event): OrderEvent => {
    if (event.type !== 'OrderPlaced') return event;
    const { totals } = event.data;
    const totalMinor = Math.round(totals.totalMinor / 5) * 5;
    const roundingMinor = totalMinor - totals.totalMinor;
    const rounded = { ...totals, roundingMinor, totalMinor };
    return { ...event, data: { ...event.data, roundingOn: 'total', totals: rounded } };
  });

describe('An order that was rounded when it was placed', () => {
  it('stays as it is, whatever pays it', () => {
    const events = placedBefore(102);
    const after = (command: OrderCommand) =>
      orderOf([...events, ...orderDecider.decide(command, orderOf(events), contextOf('p'))]);
    expect(after(card(100)).status).toBe('CONFIRMED');
    expect(after(pay(100)).status).toBe('CONFIRMED');
    const part = orderDecider.decide(card(33), orderOf(events), contextOf('p'));
    const rest = orderDecider.decide(pay(67), orderOf([...events, ...part]), contextOf('q'));
    expect(rest[0]?.data).toMatchObject({ amountMinor: 67, roundingAddedMinor: 0 });
  });
});

describe('Returns by quantity of an order whose cash was rounded', () => {
  const back = (lineId: string, quantity = '1') => refund({ lines: [{ lineId, quantity }] });
  const refundsOf = (events: readonly OrderEvent[]) =>
    events.flatMap((event) => (event.type === 'OrderRefunded' ? [event.data] : []));

  it.each([
    ['down', [51, 51], 100, [51, 49]],
    ['up', [54, 54], 110, [54, 56]],
    ['up, by one', [51, 52], 105, [51, 54]],
  ])('sum to what was paid, rounded %s', (_, prices, paid, expected) => {
    const events = happened(sale(...prices), pay(paid), back('l0'), back('l1'));
    expect(refundsOf(events).map(({ amountMinor }) => amountMinor)).toEqual(expected);
    const [, last] = refundsOf(events);
    expect(last).toMatchObject({
      remainingMinor: 0,
      roundingMinor: paid - (prices[0] ?? 0) - (prices[1] ?? 0),
    });
    expect(last?.lines).toEqual([{ lineId: 'l1', quantity: '1', amountMinor: prices[1] }]);
    expect(orderOf(events).status).toBe('REFUNDED');
  });

  it('sum to what was paid for units of one line', () => {
    const units = placeOrder({
      lines: [line({ lineId: 'a', quantity: '3', unitPriceMinor: 34 })],
      cashRoundingMinor: 5,
    });
    const events = happened(units, pay(100), back('a'), back('a'), back('a'));
    expect(refundsOf(events).map(({ amountMinor }) => amountMinor)).toEqual([34, 34, 32]);
  });

  it('leave a service charge to be sent back to the cent', () => {
    const charged = placeOrder({
      lines: [line({ lineId: 'a', unitPriceMinor: 90 })],
      serviceCharges: [{ chargeId: 's', name: 'S', amountMinor: 12 }],
      cashRoundingMinor: 5,
    });
    const events = happened(charged, pay(100), back('a'), refund());
    expect(refundsOf(events).map(({ amountMinor }) => amountMinor)).toEqual([88, 12]);
    expect(orderOf(events).status).toBe('REFUNDED');
  });

  it('hold for orders that were rounded when they were placed', () => {
    let events = placedBefore(54, 54);
    for (const command of [pay(110), back('l0'), back('l1')]) {
      events = [
        ...events,
        ...orderDecider.decide(command, orderOf(events), contextOf(`c${events.length}`)),
      ];
    }
    expect(refundsOf(events).map(({ amountMinor }) => amountMinor)).toEqual([54, 56]);
  });

  it('give amounts that a person named as they are, and the rounding with the rest', () => {
    const byAmount = refund({
      lines: [
        { lineId: 'l0', amountMinor: 54 },
        { lineId: 'l1', amountMinor: 54 },
      ],
    });
    const events = happened(sale(54, 54), pay(110), byAmount, refund());
    expect(refundsOf(events)).toMatchObject([
      { amountMinor: 108, roundingMinor: 0 },
      { amountMinor: 2, roundingMinor: 2 },
    ]);
  });
});
