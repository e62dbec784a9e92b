import type { OwnReads } from '../../../commands/books/own-sales.ts';
import type { Days } from '../../../commands/books/read-provider.ts';
import { postingId } from '../../../commands/books/request-posting.ts';
import { dayBefore } from '../../../domain/kernel/business-day.ts';
import { upcast } from '../../../domain/kernel/event-types.ts';
import { streamName } from '../../../domain/kernel/names.ts';
import { orderDecider, type OrderEvent, type OrderRefunded } from '../../../domain/orders/index.ts';
import { eventsOf } from '../../../engine/commands/load-stream.ts';
import type { Reads } from '../../../engine/projections/reads.ts';
import { deliveriesSince, findDelivery } from '../../../projections/deliveries/queries.ts';
import { ordersOfDay } from '../../../projections/orders/list/queries.ts';
import type { Services } from '../../services.ts';

/** Days of a range, both inclusive, the newest first. */
export function daysOf({ from, to }: Days): string[] {
  const days: string[] = [];
  for (let day = to; day >= from; day = dayBefore(day)) days.push(day);
  return days;
}

/** What the read models and the log of one shop know of its sales. */
export function ownReads(
  reads: Reads,
  { log, types }: Pick<Services, 'log' | 'types'>,
  storeId: string,
): OwnReads {
  return {
    async *orders(days) {
      for (const day of daysOf(days)) yield* ordersOfDay(reads, day);
    },
    async refundedSince(day) {
      const orders = new Set<string>();
      // A business day can begin before its date does in UTC.
      const since = `${dayBefore(day)}T00:00:00.000Z`;
      for await (const { content } of deliveriesSince(reads, 'books', since)) {
        if ('orderId' in content && content.refundId !== undefined) orders.add(content.orderId);
      }
      return [...orders];
    },
    async refundsOf(orderId) {
      const refunds: OrderRefunded['data'][] = [];
      const stream = streamName(orderDecider.category, storeId, orderId);
      for await (const event of eventsOf(log, stream)) {
        if (event.type !== 'OrderRefunded') continue;
        const { data } = upcast(types, event) as unknown as Extract<
          OrderEvent,
          { type: 'OrderRefunded' }
        >;
        refunds.push(data);
      }
      return refunds;
    },
    async postingOf(orderId, refundId) {
      const id =
        refundId === undefined ? postingId('receipt', orderId) : postingId('refund', refundId);
      const found = await findDelivery(reads, storeId, id);
      if (!found) return undefined;
      return found.state === 'sending' ? 'waiting' : found.state;
    },
  };
}
