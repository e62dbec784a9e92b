import { Value } from '@sinclair/typebox/value';
import fc from 'fast-check';

import type { AccountEvent } from '../../../src/domain/accounts/events.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import type { OrderEvent } from '../../../src/domain/orders/events.ts';
import {
  type DailySales,
  DailySalesSchema,
} from '../../../src/projections/reports/daily-sales/document.ts';
import { dailySales } from '../../../src/projections/reports/daily-sales/projection.ts';
import { countDay, countOf, type DayCounts, differenceOf } from '../../support/day-count.ts';
import { totals } from '../../support/order-builders.ts';

const MOST = Number.MAX_SAFE_INTEGER;
const day = '2025-03-10';
const common = { orderId: 'o', businessDay: day, currency: 'EUR' };

const recorded = (event: OrderEvent | AccountEvent, commit: bigint) =>
  ({
    ...event,
    id: `e${commit}`,
    stream: 'order-s1.o',
    revision: 0,
    position: { commit, prepare: commit },
    recordedAt: '2025-03-10T12:00:00.000Z',
    metadata: { storeId: 's1' },
  }) as unknown as RecordedEvent & (OrderEvent | AccountEvent);

function fold(events: readonly (OrderEvent | AccountEvent)[]): Map<string, DailySales> {
  const documents = new Map<string, DailySales>();
  events.forEach((event, i) => {
    const each = recorded(event, BigInt(i));
    for (const key of dailySales.keys(each)) {
      const after = dailySales.evolve(documents.get(key), each, key);
      if (after) documents.set(key, JSON.parse(JSON.stringify(after)) as DailySales);
    }
  });
  return documents;
}

const placed = (totalMinor: number): OrderEvent => ({
  type: 'OrderPlaced',
  data: {
    ...common,
    pricing: 'given',
    priority: 'medium',
    placedAt: '2025-03-10T12:00:00.000Z',
    cashRoundingMinor: 0,
    roundingOn: 'total',
    lines: [],
    discounts: [],
    taxes: [],
    serviceCharges: [],
    totals: totals({ grossMinor: totalMinor, totalMinor }),
  },
});
const cancelled = (totalMinor: number): OrderEvent => ({
  type: 'OrderCancelled',
  data: {
    ...common,
    placedOn: day,
    from: 'PENDING',
    reason: 'r',
    refunded: totals(),
    totals: totals({ grossMinor: totalMinor, totalMinor }),
  },
});

const salesOf = (events: readonly OrderEvent[]) =>
  [...fold(events).values()][0]?.currencies['EUR']?.sales;

describe('The daily report', () => {
  it('loses no cent to an order that takes the sums past 2^53 and is cancelled', () => {
    const sales = salesOf([placed(1), placed(MOST), placed(2), cancelled(MOST)]);
    expect(sales).toMatchObject({ orders: 2, grossMinor: 3, totalMinor: 3 });
  });

  it('shows a sum past 2^53 as text with all its digits, and one below as a number', () => {
    const events = [placed(MOST), placed(MOST), placed(3)];
    expect(salesOf(events)).toMatchObject({ totalMinor: '18014398509481985', taxMinor: 0 });
    expect(salesOf([...events, cancelled(MOST)])).toMatchObject({ totalMinor: '9007199254740994' });
    const [document] = fold(events).values();
    expect([...Value.Errors(DailySalesSchema, document)]).toEqual([]);
  });

  it('shows what an independent count of the events finds', () => {
    const amount = fc.oneof(fc.integer({ min: 0, max: 500 }), fc.constantFrom(MOST, MOST - 7));
    const event = fc
      .tuple(fc.boolean(), amount)
      .map(([isSale, minor]) => (isSale ? placed(minor) : cancelled(minor)));
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const counts: DayCounts = new Map();
        for (const each of events) countDay(counts, each);
        const shown = [...fold(events).values()][0]?.currencies['EUR'];
        expect(differenceOf(counts.get(`${day} EUR`), shown && countOf(shown))).toBeUndefined();
      }),
    );
  });
});
