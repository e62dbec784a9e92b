import { type OrderCommand, orderDecider } from '../../../../src/domain/orders/index.ts';
import { given } from '../../../support/decider.ts';
import {
  charge,
  confirm,
  contextOf,
  CUSTOMER,
  happened,
  idOf,
  line,
  ORDER,
  orderAfter,
  pay,
  placeOrder,
  refund,
} from '../../../support/order-builders.ts';

const about = { orderId: ORDER, businessDay: '2025-03-11' };
/** A sale of 3 × "1 of 100 in all" and 1 × 200: lines of 100 and 200. */
const placed = placeOrder({
  lines: [
    line({ lineId: 'a', quantity: '3', unitPriceMinor: 33, modifiers: [] }),
    line({ lineId: 'b', unitPriceMinor: 200 }),
  ],
  taxes: [{ taxId: 't', name: 'VAT', percentage: '1', kind: 'exclusive', lineIds: ['a'] }],
});
const paid = (...commands: OrderCommand[]) =>
  given(orderDecider, happened(placed, pay(300, { tipMinor: 20 }), ...commands));
const byLine = (lineId: string, rest: object = {}) => refund({ lines: [{ lineId, ...rest }] });
const refundsOf = (...commands: OrderCommand[]) =>
  happened(...commands).flatMap((event) => (event.type === 'OrderRefunded' ? [event.data] : []));

describe('RefundOrder by line', () => {
  it('sends back the share of some units and says what remains', () => {
    paid()
      .when(byLine('a', { quantity: '1' }), contextOf('r', '2025-03-11'))
      .then([
        {
          type: 'OrderRefunded',
          data: {
            ...about,
            placedOn: '2025-03-10',
            currency: 'EUR',
            refundId: idOf('r'),
            reason: 'returned',
            lines: [{ lineId: 'a', quantity: '1', amountMinor: 33 }],
            amountMinor: 33,
            tipMinor: 0,
            roundingMinor: 0,
            taxMinor: 0,
            inclusiveTaxMinor: 0,
            toCashMinor: 33,
            toCardMinor: 0,
            toAccountMinor: 0,
            remainingMinor: 287,
          },
        },
      ]);
  });

  it('gives the last unit what remains, so that all units are worth the line', () => {
    const each = byLine('a', { quantity: '1' });
    const refunds = refundsOf(placed, pay(300), each, each, each);
    expect(refunds.map(({ amountMinor }) => amountMinor)).toEqual([33, 33, 34]);
    expect(orderAfter(placed, pay(300), each, each, each).lineRefunds).toEqual([
      { lineId: 'a', quantity: '3', amountMinor: 100 },
    ]);
  });

  it('gives all that remains of a line when nothing else is said', () => {
    const half = byLine('a', { amountMinor: 50 });
    expect(refundsOf(placed, pay(300), half, byLine('a')).at(-1)?.lines).toEqual([
      { lineId: 'a', quantity: '3', amountMinor: 50 },
    ]);
  });

  it('never gives more than what remains of the line', () => {
    paid(byLine('b')).when(byLine('b')).thenRefused('refund_exceeds_remaining');
    paid()
      .when(byLine('a', { quantity: '3.1' }))
      .thenRefused('refund_exceeds_remaining');
    paid(byLine('a', { amountMinor: 60 }))
      .when(byLine('a', { amountMinor: 41 }))
      .thenRefused('refund_exceeds_remaining');
    paid(byLine('a', { amountMinor: 80 }))
      .when(byLine('a', { quantity: '1' }))
      .thenRefused('refund_exceeds_remaining');
  });

  it('counts what was sent back without lines', () => {
    const error = paid(refund({ amountMinor: 250 }))
      .when(byLine('b'))
      .thenRefused('refund_exceeds_remaining');
    expect(error.details).toEqual({ of: 'the order', remaining: 50, requested: 200 });
  });

  it('takes the amount as a check of the sum of the lines', () => {
    const lines = [{ lineId: 'a', amountMinor: 10 }, { lineId: 'b' }];
    paid()
      .when(refund({ lines, amountMinor: 211 }))
      .thenRefused('total_mismatch');
    expect(refundsOf(placed, pay(300), refund({ lines, amountMinor: 210 }))[0]?.amountMinor).toBe(
      210,
    );
  });

  it('needs lines of the order, each once, by quantity or by amount', () => {
    paid().when(byLine('x')).thenRefused('line_not_found');
    const twice = [{ lineId: 'a' }, { lineId: 'a' }];
    paid()
      .when(refund({ lines: twice }))
      .thenRefused('duplicate_line');
    paid()
      .when(byLine('a', { quantity: '1', amountMinor: 1 }))
      .thenRefused('invalid_request');
    paid()
      .when(byLine('a', { amountMinor: 0 }))
      .thenRefused('amount_out_of_range');
  });

  it('returns all lines of an order whose total was rounded down to a coin', () => {
    const rounded = placeOrder({
      lines: [line({ lineId: 'a', unitPriceMinor: 51 }), line({ lineId: 'b', unitPriceMinor: 51 })],
      cashRoundingMinor: 5,
    });
    const both = refund({ lines: [{ lineId: 'a' }, { lineId: 'b' }] });
    expect(refundsOf(rounded, pay(100), both)[0]).toMatchObject({
      amountMinor: 100,
      roundingMinor: -2,
      lines: [
        { lineId: 'a', amountMinor: 51 },
        { lineId: 'b', amountMinor: 51 },
      ],
    });
    expect(orderAfter(rounded, pay(100), both).status).toBe('REFUNDED');
  });
});

describe('RefundOrder of the whole order', () => {
  it('sends back all that remains, tip included, and ends the order', () => {
    paid(byLine('b'))
      .when(refund(), contextOf('r', '2025-03-11'))
      .then([
        {
          type: 'OrderRefunded',
          data: {
            ...about,
            placedOn: '2025-03-10',
            currency: 'EUR',
            refundId: idOf('r'),
            reason: 'returned',
            lines: [],
            amountMinor: 100,
            tipMinor: 20,
            roundingMinor: 0,
            taxMinor: 1,
            inclusiveTaxMinor: 0,
            toCashMinor: 120,
            toCardMinor: 0,
            toAccountMinor: 0,
            remainingMinor: 0,
          },
        },
        { type: 'OrderStatusChanged', data: { ...about, from: 'CONFIRMED', to: 'REFUNDED' } },
      ]);
  });

  it('is REFUNDED only once everything went back', () => {
    const tip = refund({ tipMinor: 20 });
    const goods = refund({ amountMinor: 300 });
    const start = [placed, pay(300, { tipMinor: 20 })] as const;
    expect(orderAfter(...start, goods).status).toBe('CONFIRMED');
    expect(orderAfter(...start, goods, tip).status).toBe('REFUNDED');
    paid(goods, tip).when(refund()).thenRefused('order_closed');
  });

  it('keeps the tip apart from the goods', () => {
    paid()
      .when(refund({ amountMinor: 301 }))
      .thenRefused('refund_exceeds_remaining');
    paid()
      .when(refund({ tipMinor: 21 }))
      .thenRefused('refund_exceeds_remaining');
    paid(refund({ tipMinor: 15 }))
      .when(refund({ tipMinor: 6 }))
      .thenRefused('refund_exceeds_remaining');
  });

  it('never sends back more than was paid', () => {
    given(orderDecider, happened(placed)).when(refund()).thenRefused('refund_exceeds_remaining');
    const events = happened(placed, pay(30));
    given(orderDecider, events)
      .when(refund({ amountMinor: 31 }))
      .thenRefused('refund_exceeds_remaining');
    given(orderDecider, events)
      .when(refund({ amountMinor: 0 }))
      .thenRefused('refund_exceeds_remaining');
  });

  it('lowers what was sold and what was paid alike, so that as much is due as before', () => {
    const order = orderAfter(placed, pay(30), refund());
    expect(order).toMatchObject({ status: 'PENDING', refunded: { cash: 30 } });
    expect(orderAfter(placed, pay(30), refund(), pay(270)).status).toBe('CONFIRMED');
    given(orderDecider, happened(placed, pay(30), refund()))
      .when(pay(271))
      .thenRefused('payment_exceeds_due');
  });

  it('needs a reason and the currency of the order', () => {
    paid()
      .when(refund({ reason: '' }))
      .thenRefused('invalid_request');
    paid()
      .when(refund({ currency: 'USD' }))
      .thenRefused('currency_mismatch');
    paid()
      .when(refund({ amountMinor: -1 }))
      .thenRefused('amount_out_of_range');
  });
});

describe('where a refund goes', () => {
  const hundred = placeOrder();
  const to = (data: object) => refund({ amountMinor: 80, ...data });
  const destinationsOf = (...commands: OrderCommand[]) => {
    const last = refundsOf(...commands).at(-1);
    return [last?.toAccountMinor, last?.toCardMinor, last?.toCashMinor];
  };

  it('is the account for what was put on it, then the card, then the drawer', () => {
    const mixed = [hundred, pay(20), pay(30, { method: 'qr' }), charge(50), confirm('c4')];
    expect(destinationsOf(...mixed, to({}))).toEqual([50, 30, 0]);
    expect(destinationsOf(...mixed, to({}), refund())).toEqual([0, 0, 20]);
    expect(destinationsOf(...mixed, refund())).toEqual([50, 30, 20]);
  });

  it('is what was asked for, the rest by rule', () => {
    const mixed = [hundred, pay(20), pay(30, { method: 'qr' }), charge(50), confirm('c4')];
    expect(destinationsOf(...mixed, to({ toCashMinor: 20 }))).toEqual([50, 10, 20]);
    expect(destinationsOf(...mixed, to({ toCashMinor: 0, toCardMinor: 0 }))).toEqual([80, 0, 0]);
    const all = { toCashMinor: 10, toCardMinor: 20, toAccountMinor: 50 };
    expect(destinationsOf(...mixed, to(all))).toEqual([50, 20, 10]);
  });

  it('must add up to the refund', () => {
    const events = happened(hundred, pay(100));
    const refused = (data: object) => given(orderDecider, events).when(to(data));
    refused({ toCashMinor: 81 }).thenRefused('total_mismatch');
    refused({ toCashMinor: 10, toCardMinor: 0, toAccountMinor: 0 }).thenRefused('total_mismatch');
    refused({ toCashMinor: -1 }).thenRefused('amount_out_of_range');
    refused({ toCashMinor: 10 }).thenRefused('refund_exceeds_tender');
  });

  it('is never a way by which less came in', () => {
    const events = happened(hundred, pay(40), pay(60, { method: 'qr' }));
    const refused = (data: object) => given(orderDecider, events).when(to(data));
    refused({ toCashMinor: 41 }).thenRefused('refund_exceeds_tender');
    refused({ toCardMinor: 61 }).thenRefused('refund_exceeds_tender');
    refused({ toAccountMinor: 1 }).thenRefused('refund_exceeds_tender');
  });

  describe('after a sale of 100 of which 30 was cash and 70 on account (S30)', () => {
    const sale = [hundred, pay(30), charge(70), confirm('c3')];
    const back = (...commands: OrderCommand[]) =>
      given(orderDecider, happened(...sale, ...commands));

    it('lets all 80 of a return go to the account', () => {
      expect(destinationsOf(...sale, to({ toAccountMinor: 80 }))).toEqual([80, 0, 0]);
      expect(refundsOf(...sale, to({ toAccountMinor: 80 }))[0]?.customerId).toBe(CUSTOMER);
    });

    it('lets at most 30 leave as cash, and the rest lower the debt', () => {
      expect(destinationsOf(...sale, to({ toCashMinor: 30 }))).toEqual([50, 0, 30]);
      back()
        .when(to({ toCashMinor: 31 }))
        .thenRefused('refund_exceeds_tender');
    });

    it('does not let a second return take the same 30 again', () => {
      back(to({ toCashMinor: 30 }))
        .when(refund({ amountMinor: 20, toCashMinor: 1 }))
        .thenRefused('refund_exceeds_tender');
      expect(destinationsOf(...sale, to({ toCashMinor: 30 }), refund())).toEqual([20, 0, 0]);
    });

    it('never sends back more than the 100 in all', () => {
      back(to({ toAccountMinor: 80 }))
        .when(refund({ amountMinor: 21 }))
        .thenRefused('refund_exceeds_remaining');
      expect(destinationsOf(...sale, to({ toAccountMinor: 80 }), refund())).toEqual([0, 0, 20]);
      expect(orderAfter(...sale, to({ toAccountMinor: 80 }), refund()).status).toBe('REFUNDED');
    });
  });
});

describe('RefundOrder of an order that is all tip', () => {
  const tipOnly = [
    placeOrder({
      lines: [line({ lineId: 'free', unitPriceMinor: 0, modifiers: [] })],
      tipMinor: 40,
      cashRoundingMinor: 5,
    }),
    charge(8),
    confirm('c2'),
    pay(30),
  ];

  it.each([
    ['all of it', refund()],
    ['as a tip', refund({ tipMinor: 38 })],
  ])('sends back what was paid: %s', (_, command) => {
    const refunds = refundsOf(...tipOnly, command);
    // 8 on account, and 32 in cash that the coin of 5 rounds to 30.
    expect(refunds).toMatchObject([
      { amountMinor: 0, tipMinor: 38, toAccountMinor: 8, toCashMinor: 30, remainingMinor: 0 },
    ]);
  });
});
