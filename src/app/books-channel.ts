import { postDocument, type PostingParts } from '../commands/books/post-document.ts';
import type { Placed } from '../domain/books/index.ts';
import { type EventTypes, upcast } from '../domain/kernel/event-types.ts';
import { streamName } from '../domain/kernel/names.ts';
import type { OrderEvent } from '../domain/orders/index.ts';
import { orderDecider } from '../domain/orders/index.ts';
import { eventsOf } from '../engine/commands/load-stream.ts';
import type { DeliveryChannel } from '../ports/delivery-channel.ts';
import type { EventLog } from '../ports/event-log.ts';

/** Documents that are posted at one time; the limits of the provider hold for each shop besides. */
const MAX_POSTINGS = 5;

export interface BooksChannelParts extends Omit<PostingParts, 'eventsOf'> {
  readonly log: Pick<EventLog, 'readStream'>;
  readonly types: EventTypes;
}

/** Posts sales, refunds and corrections to the accounting system of a shop. */
export function booksChannel({ log, types, ...parts }: BooksChannelParts): DeliveryChannel {
  const posting: PostingParts = {
    ...parts,
    async eventsOf(storeId, orderId) {
      const stream = streamName(orderDecider.category, storeId, orderId);
      const events: Placed<OrderEvent>[] = [];
      for await (const event of eventsOf(log, stream)) {
        events.push(upcast(types, event) as unknown as Placed<OrderEvent>);
      }
      return events;
    },
  };
  return {
    name: 'books',
    maxConcurrent: MAX_POSTINGS,
    send: (message) => postDocument(posting, message),
  };
}
