import {
  ORDER_STATUSES,
  type OrderCommand,
  orderDecider,
  type OrderStatus,
} from '../../../src/domain/orders/index.ts';
import { given } from '../../support/decider.ts';
import {
  cancel,
  charge,
  contextOf,
  happened,
  ORDER,
  orderAfter,
  pay,
  placeOrder,
  refund,
  reject,
  totals,
} from '../../support/order-builders.ts';

const report = (status: OrderStatus): OrderCommand => ({ type: 'ReportStatus', data: { status } });
const at = (...commands: OrderCommand[]) =>
  given(orderDecider, happened(placeOrder(), ...commands));
const about = { orderId: ORDER, businessDay: '2025-03-10' };

/** Every legal move that a report can make; all else is late or impossible. */
const LEGAL: Readonly<Record<string, readonly OrderStatus[]>> = {
  PENDING: ['PROCESSING', 'PAYMENT_PENDING', 'PAYMENT_FAILED', 'CONFIRMED'],
  PROCESSING: ['PAYMENT_PENDING', 'PAYMENT_FAILED', 'CONFIRMED'],
  PAYMENT_PENDING: ['PAYMENT_FAILED', 'CONFIRMED'],
  PAYMENT_FAILED: ['PAYMENT_PENDING', 'CONFIRMED'],
  CONFIRMED: ['SHIPPED', 'DELIVERED'],
  SHIPPED: ['DELIVERED'],
  DELIVERED: [],
};
const BEFORE_SHIPPING: readonly OrderStatus[] = [
  'PENDING',
  'PROCESSING',
  'PAYMENT_PENDING',
  'PAYMENT_FAILED',
  'CONFIRMED',
];
const LATE: Readonly<Record<string, readonly OrderStatus[]>> = {
  PENDING: ['PENDING'],
  PROCESSING: ['PENDING', 'PROCESSING'],
  PAYMENT_PENDING: ['PENDING', 'PROCESSING', 'PAYMENT_PENDING'],
  PAYMENT_FAILED: ['PENDING', 'PROCESSING', 'PAYMENT_FAILED'],
  CONFIRMED: BEFORE_SHIPPING,
  SHIPPED: [...BEFORE_SHIPPING, 'SHIPPED'],
  DELIVERED: [...BEFORE_SHIPPING, 'SHIPPED', 'DELIVERED'],
};

/** How an order is brought to a status. */
const ROUTE: Readonly<Record<string, OrderStatus[]>> = {
  PENDING: [],
  PROCESSING: ['PROCESSING'],
  PAYMENT_PENDING: ['PROCESSING', 'PAYMENT_PENDING'],
  PAYMENT_FAILED: ['PAYMENT_FAILED'],
  CONFIRMED: ['CONFIRMED'],
  SHIPPED: ['CONFIRMED', 'SHIPPED'],
  DELIVERED: ['CONFIRMED', 'DELIVERED'],
};
const PAIRS = Object.keys(ROUTE).flatMap((from) =>
  ORDER_STATUSES.map((to): [OrderStatus, OrderStatus] => [from as OrderStatus, to]),
);

describe('ReportStatus', () => {
  it.each(PAIRS)('from %s to %s moves on, is late or is impossible', (from, to) => {
    const outcome = at(...(ROUTE[from] ?? []).map(report)).when(report(to), contextOf('r'));
    if (LEGAL[from]?.includes(to)) {
      outcome.then([{ type: 'OrderStatusChanged', data: { ...about, from, to } }]);
    } else if (LATE[from]?.includes(to)) {
      outcome.then([
        { type: 'StaleStatusReported', data: { ...about, reported: to, status: from } },
      ]);
    } else {
      expect(outcome.thenRefused('illegal_transition').details).toEqual({
        orderId: ORDER,
        from,
        to,
      });
    }
  });

  it('changes nothing but history when it comes late (S16)', () => {
    const before = orderAfter(placeOrder(), pay(100), report('DELIVERED'));
    const after = orderAfter(placeOrder(), pay(100), report('DELIVERED'), report('PROCESSING'));
    expect(after).toEqual(before);
  });

  it('keeps the reason', () => {
    at()
      .when({ type: 'ReportStatus', data: { status: 'PAYMENT_FAILED', reason: 'expired_card' } })
      .then([
        {
          type: 'OrderStatusChanged',
          data: { ...about, from: 'PENDING', to: 'PAYMENT_FAILED', reason: 'expired_card' },
        },
      ]);
  });

  it('never leaves a final status: late reports are kept, further ones are refused', () => {
    const cancelled = at(report('PROCESSING'), cancel);
    for (const late of ['PENDING', 'PROCESSING', 'CANCELLED'] as const) {
      cancelled
        .when(report(late), contextOf('r'))
        .then([
          { type: 'StaleStatusReported', data: { ...about, reported: late, status: 'CANCELLED' } },
        ]);
    }
    cancelled.when(report('CONFIRMED')).thenRefused('order_closed');
    cancelled.when(report('REFUNDED')).thenRefused('illegal_transition');

    const refunded = at(pay(100), refund());
    refunded.when(report('CONFIRMED'), contextOf('r')).then([
      {
        type: 'StaleStatusReported',
        data: { ...about, reported: 'CONFIRMED', status: 'REFUNDED' },
      },
    ]);
    refunded.when(report('SHIPPED')).thenRefused('order_closed');
  });

  it('cannot be understood with a status that there is not', () => {
    at()
      .when(report('LOST' as OrderStatus))
      .thenRefused('invalid_request');
  });
});

describe('CancelOrder', () => {
  it('ends an order and says what is no longer sold, and on which day it was', () => {
    at(report('PROCESSING'))
      .when(cancel, contextOf('c', '2025-03-12'))
      .then([
        {
          type: 'OrderCancelled',
          data: {
            orderId: ORDER,
            businessDay: '2025-03-12',
            placedOn: '2025-03-10',
            currency: 'EUR',
            from: 'PROCESSING',
            reason: 'changed their mind',
            totals: totals({ grossMinor: 100, totalMinor: 100 }),
            refunded: totals(),
          },
        },
      ]);
  });

  it('keeps what was paid and sent back as a sale, which its refund balances', () => {
    const taxed = placeOrder({
      taxes: [{ taxId: 't', name: 'VAT', percentage: '10', kind: 'exclusive' }],
    });
    const events = happened(taxed, pay(55, { tipMinor: 5 }), refund(), cancel);
    expect(events.at(-1)?.data).toMatchObject({
      totals: totals({ grossMinor: 100, taxMinor: 10, tipMinor: 5, totalMinor: 115 }),
      refunded: totals({ grossMinor: 55, taxMinor: 5, totalMinor: 60 }),
    });
  });

  it('is refused while money is in it or asked for', () => {
    const error = at(pay(30)).when(cancel).thenRefused('illegal_transition');
    expect(error.details).toMatchObject({ to: 'CANCELLED', paidMinor: 30, pendingMinor: 0 });
    at(charge(30)).when(cancel).thenRefused('illegal_transition');
  });

  it('is possible again once the money went back or the account refused', () => {
    expect(orderAfter(placeOrder(), pay(30), refund(), cancel).status).toBe('CANCELLED');
    expect(orderAfter(placeOrder(), charge(30), reject('c2'), cancel).status).toBe('CANCELLED');
  });

  it('is refused after shipping and after the end', () => {
    at(report('CONFIRMED'), report('SHIPPED')).when(cancel).thenRefused('illegal_transition');
    at(cancel).when(cancel).thenRefused('order_closed');
  });

  it('needs a reason', () => {
    at()
      .when({ type: 'CancelOrder', data: { reason: ' ' } })
      .thenRefused('invalid_request');
  });
});
