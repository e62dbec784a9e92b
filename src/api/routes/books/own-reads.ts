import type { OwnReads } from '../../../commands/books/own-sales.ts';
import type { Days } from '../../../commands/books/read-provider.ts';
import { postingOf } from '../../../commands/books/request-posting.ts';
import type { Placed } from '../../../domain/books/index.ts';
import { dayBefore } from '../../../domain/kernel/business-day.ts';
import { upcast } from '../../../domain/kernel/event-types.ts';
import { streamName } from '../../../domain/kernel/names.ts';
import { orderDecider, type OrderEvent } from '../../../domain/orders/index.ts';
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
    async followedSince(day) {
      const [refunded, corrected] = [new Set<string>(), new Set<string>()];
      // A business day can begin before its date does in UTC.
      const since = `${dayBefore(day)}T00:00:00.000Z`;
      for await (const { content } of deliveriesSince(reads, 'books', since)) {
        if (!('orderId' in content)) continue;
        if (content.refundId !== undefined) refunded.add(content.orderId);
        if (content.correctionId !== undefined) corrected.add(content.orderId);
      }
      return { refunded, corrected };
    },
    async eventsOf(orderId) {
      const events: Placed<OrderEvent>[] = [];
      const stream = streamName(orderDecider.category, storeId, orderId);
      for await (const event of eventsOf(log, stream)) {
        events.push(upcast(types, event) as unknown as Placed<OrderEvent>);
      }
      return events;
    },
    async postingOf(of) {
      const found = await findDelivery(reads, storeId, postingOf(of));
      if (!found) return undefined;
      return found.state === 'sending' ? 'waiting' : found.state;
    },
  };
}
