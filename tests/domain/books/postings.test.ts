import fc from 'fast-check';

import {
  connectedAt,
  isSold,
  NOTHING_POSTED,
  type Placed,
  postingsOf,
  type SaleHistory,
  saleHistoryOf,
} from '../../../src/domain/books/index.ts';
import type { IntegrationEvent } from '../../../src/domain/integrations/index.ts';
import { TillstreamError } from '../../../src/domain/kernel/errors.ts';
import type { Position } from '../../../src/domain/kernel/position.ts';
import {
  dueMinor,
  type OrderCommand,
  orderDecider,
  type OrderEvent,
} from '../../../src/domain/orders/index.ts';
import {
  contextOf,
  DAY,
  happened,
  orderOf,
  pay,
  placeOrder,
  refund,
} from '../../support/order-builders.ts';

const at = (place: number): Position => ({ commit: BigInt(place), prepare: BigInt(place) });
const placed = <Event>(events: readonly Event[], from = 0): Placed<Event>[] =>
  events.map((event, i) => ({ ...event, position: at(from + i), revision: i }));
const always = () => true;

function historyOf(events: readonly OrderEvent[]): SaleHistory {
  const history = saleHistoryOf(placed(events));
  if (!history) throw new Error('expected an order');
  return history;
}

const given = (place: number) => ({
  place,
  type: 'IntegrationCredentialsGiven',
  status: 'connected',
});
const ended = (place: number) => ({
  place,
  type: 'IntegrationDisconnected',
  status: 'disconnected',
});
const refused = (place: number) => ({ place, type: 'CommandRefused', status: '' });
const connection = (...events: readonly ReturnType<typeof given>[]) =>
  events.map(({ place, type, status }) => ({
    type,
    data: { status },
    position: at(place),
    revision: place,
  })) as unknown as Placed<IntegrationEvent>[];

describe('What of an order goes to the books', () => {
  it('is its sale, with a refund from the time before it was paid in full', () => {
    const events = happened(placeOrder(), pay(40), refund({ amountMinor: 10 }), pay(60));
    const { sale, refundIds } = postingsOf(historyOf(events), always);

    expect(sale).toBe(true);
    expect(refundIds).toEqual([expect.stringContaining(':c3')]);
  });

  it('is nothing of an order that is paid in part', () => {
    const events = happened(placeOrder(), pay(40), refund({ amountMinor: 10 }));
    expect(postingsOf(historyOf(events), always)).toEqual(NOTHING_POSTED);
  });

  it('is no sale from before the connection, whatever happens to the order later', () => {
    const events = happened(placeOrder(), pay(100), refund({ amountMinor: 10 }));
    const sold = events.findIndex((_, i) => isSold(orderOf(events.slice(0, i + 1))));
    const since = (at: Position) => at.commit > BigInt(sold);

    expect(postingsOf(historyOf(events), since)).toEqual({
      sale: false,
      refundIds: [expect.any(String)],
      correctionIds: [],
    });
  });

  it('begins with the first day that the owner chose', () => {
    const history = historyOf(happened(placeOrder(), pay(100), refund({ amountMinor: 10 })));
    const never = () => false;

    expect(postingsOf(history, never, DAY)).toMatchObject({ sale: true });
    expect(postingsOf(history, never, '2025-03-09').refundIds).toHaveLength(1);
    expect(postingsOf(history, always, '2025-03-11')).toEqual(NOTHING_POSTED);
  });

  it('is known where an order does not exist', () => {
    expect(saleHistoryOf([])).toBeUndefined();
  });
});

describe('A connection', () => {
  it('is there from its credentials to its end, whatever was refused meanwhile', () => {
    const events = connection(given(3), refused(4), ended(6), refused(7), given(9));
    const found = [2, 3, 4, 5, 6, 7, 8, 9, 10].map((place) => connectedAt(events, at(place)));
    expect(found).toEqual([false, false, true, true, true, false, false, false, true]);
  });
});

/** What the rules allow. */
function accepted(command: OrderCommand, events: readonly OrderEvent[], id: string) {
  try {
    return orderDecider.decide(command, orderOf(events), contextOf(id));
  } catch (error) {
    if (error instanceof TillstreamError) return [];
    throw error;
  }
}

it('a sale that goes to the books takes all its refunds with it, and none goes without', () => {
  const act = fc.oneof(
    fc.integer({ min: 1, max: 60 }).map((amountMinor) => pay(amountMinor)),
    fc.integer({ min: 1, max: 30 }).map((amountMinor) => refund({ amountMinor })),
  );
  let posted = 0;
  fc.assert(
    fc.property(fc.array(act, { maxLength: 8 }), fc.nat({ max: 14 }), (acts, connectedFrom) => {
      const events: OrderEvent[] = happened(placeOrder());
      const rest = () => pay(dueMinor(orderOf(events)));
      for (const [i, commandOf] of [...acts.map((act) => () => act), rest].entries()) {
        events.push(...accepted(commandOf(), events, `c${i + 2}`));
      }
      const history = historyOf(events);
      const { sale, refundIds } = postingsOf(history, (at) => at.commit > BigInt(connectedFrom));
      const ids = events.flatMap((each) =>
        each.type === 'OrderRefunded' ? [each.data.refundId] : [],
      );
      if (sale) {
        posted += 1;
        expect(refundIds).toEqual(ids);
      }
      expect(ids).toEqual(expect.arrayContaining([...refundIds]));
      if (history.soldAt === undefined) expect(refundIds).toEqual([]);
    }),
    { numRuns: 200 },
  );
  expect(posted).toBeGreaterThan(20);
});
