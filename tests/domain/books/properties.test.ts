import fc from 'fast-check';

import { problemsOf } from '../../../simulators/quickbooks/provider.ts';
import { totalCents } from '../../../simulators/quickbooks/totals.ts';
import {
  quickBooksOf,
  refundOf,
  translateRefund,
  translateSale,
} from '../../../src/domain/books/index.ts';
import { TillstreamError } from '../../../src/domain/kernel/errors.ts';
import type { OrderCommand, OrderEvent } from '../../../src/domain/orders/index.ts';
import { dueMinor, orderDecider } from '../../../src/domain/orders/index.ts';
import {
  charge,
  confirm,
  contextOf,
  orderOf,
  pay,
  placeOrder,
  refund,
} from '../../support/order-builders.ts';
import { documentOf, mappingOf } from './support.ts';

const MAPPINGS = [mappingOf(), mappingOf({}, { modifiers: 'folded' })];
const RUNS = 120;

const modifier = fc.record({
  name: fc.constantFrom('Large', 'Extra Cheese', 'Oat Milk', 'Soy Milk'),
  unitPriceMinor: fc.nat({ max: 250 }),
  quantity: fc.integer({ min: 1, max: 3 }),
});
const line = fc.record({
  name: fc.constantFrom('Coffee', 'Pizza'),
  quantity: fc.constantFrom('1', '2', '0.375', '3.5', '12'),
  unitPriceMinor: fc.nat({ max: 2_000 }),
  modifiers: fc.array(modifier, { maxLength: 3 }),
});
const placed = fc
  .record({
    lines: fc.array(line, { minLength: 1, maxLength: 4 }),
    off: fc.constantFrom('0', '7.5', '33.3'),
    kind: fc.constantFrom('inclusive', 'exclusive'),
    percentage: fc.constantFrom('0', '8.875', '21'),
    service: fc.constantFrom('0', '12.5'),
    coin: fc.constantFrom(0, 5),
  })
  .map(({ lines, off, kind, percentage, service, coin }) =>
    placeOrder({
      lines,
      discounts: [{ discountId: 'd', name: 'Off', percentage: off }],
      taxes: [
        { taxId: 'a', name: 'State', percentage, kind },
        { taxId: 'b', name: 'City', percentage: '2.5', kind: 'exclusive' },
      ],
      serviceCharges: [{ chargeId: 's', name: 'Service', percentage: service, taxable: true }],
      cashRoundingMinor: coin,
    }),
  );

const paying = fc.record({
  first: fc.nat({ max: 900 }),
  tipMinor: fc.constantFrom(0, 55),
  way: fc.constantFrom('cash', 'card', 'account'),
});
const refunds = fc.array(
  fc.oneof(
    fc.nat({ max: 700 }).map((amountMinor) => refund({ amountMinor })),
    fc
      .constantFrom('1', '0.375')
      .map((quantity) => refund({ lines: [{ lineId: 'line-1', quantity }] })),
    fc.constant(refund()),
  ),
  { maxLength: 3 },
);

/** What the rules allow of these commands. */
function carriedOut(commands: Iterable<(events: readonly OrderEvent[]) => OrderCommand>) {
  const events: OrderEvent[] = [];
  let count = 0;
  for (const commandOf of commands) {
    count += 1;
    const state = events.length > 0 ? orderOf(events) : orderDecider.initialState;
    try {
      events.push(...orderDecider.decide(commandOf(events), state, contextOf(`c${count}`)));
    } catch (error) {
      if (!(error instanceof TillstreamError)) throw error;
    }
  }
  return events;
}

const due = (events: readonly OrderEvent[]) => dueMinor(orderOf(events));

const sold = fc.tuple(placed, paying, refunds).map(([place, { first, tipMinor, way }, back]) => {
  const rest = (events: readonly OrderEvent[]): OrderCommand =>
    way === 'account'
      ? charge(due(events))
      : pay(due(events), { method: way === 'card' ? 'credit_card' : 'cash', tipMinor });
  return carriedOut([
    () => place,
    (events) => pay(Math.min(first, due(events)), { method: 'debit_card' }),
    rest,
    () => confirm('c3'),
    ...back.map((command) => () => command),
  ]);
});

describe('any order that was sold', () => {
  it('has a receipt of the schema that comes to its total', () => {
    let count = 0;
    fc.assert(
      fc.property(sold, fc.constantFrom(...MAPPINGS), (events, mapping) => {
        const order = orderOf(events);
        if (order.status === 'PENDING') return;
        count += 1;
        const document = documentOf(translateSale({ order, number: 'TS-1' }, mapping));
        const body = quickBooksOf(document);
        const entity = document.kind === 'invoice' ? 'Invoice' : 'SalesReceipt';

        expect(totalCents(body)).toBe(order.totals.totalMinor);
        expect(problemsOf(entity, body)).toEqual([]);
        expect(document.lines.filter(({ amountMinor }) => amountMinor < 0)).toEqual(
          order.totals.roundingMinor < 0 ? [expect.objectContaining({ itemId: '6' })] : [],
        );
      }),
      { numRuns: RUNS },
    );
    expect(count).toBeGreaterThan(RUNS / 2);
  });

  it('has a receipt for each refund that comes to what went back', () => {
    let count = 0;
    fc.assert(
      fc.property(sold, (events) => {
        const order = orderOf(events);
        for (const event of events) {
          if (event.type !== 'OrderRefunded' || event.data.toAccountMinor > 0) continue;
          const { refundId, amountMinor, tipMinor, businessDay } = event.data;
          const found = refundOf(events, refundId);
          if (!found) throw new Error('expected the refund');
          count += 1;
          const document = documentOf(
            translateRefund({ order, refund: found, number: 'TSR-1' }, mappingOf()),
          );
          const body = quickBooksOf(document);

          expect(totalCents(body)).toBe(amountMinor + tipMinor);
          expect(problemsOf('RefundReceipt', body)).toEqual([]);
          expect(body['TxnDate']).toBe(businessDay);
        }
      }),
      { numRuns: RUNS },
    );
    expect(count).toBeGreaterThan(RUNS / 8);
  });
});
