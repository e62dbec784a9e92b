import { postDocument, type PostingParts } from '../commands/books/post-document.ts';
import { refundOf } from '../domain/books/index.ts';
import { type EventTypes, upcast } from '../domain/kernel/event-types.ts';
import { streamName } from '../domain/kernel/names.ts';
import type { OrderEvent } from '../domain/orders/index.ts';
import { orderDecider } from '../domain/orders/index.ts';
import { eventsOf } from '../engine/commands/load-stream.ts';
import type { DeliveryChannel } from '../ports/delivery-channel.ts';
import type { EventLog } from '../ports/event-log.ts';

/** Documents that are posted at one time; the limits of the provider hold for each shop besides. */
const MAX_POSTINGS = 5;

export interface BooksChannelParts extends Omit<PostingParts, 'refundOf'> {
  readonly log: Pick<EventLog, 'readStream'>;
  readonly types: EventTypes;
}

/** Posts sales and refunds to the accounting system that a shop is connected with. */
export function booksChannel({ log, types, ...parts }: BooksChannelParts): DeliveryChannel {
  const posting: PostingParts = {
    ...parts,
    async refundOf(storeId, orderId, refundId) {
      const stream = streamName(orderDecider.category, storeId, orderId);
      for await (const event of eventsOf(log, stream)) {
        if (event.type !== 'OrderRefunded') continue;
        const found = refundOf([upcast(types, event) as unknown as OrderEvent], refundId);
        if (found) return found;
      }
      return undefined;
    },
  };
  return {
    name: 'books',
    maxConcurrent: MAX_POSTINGS,
    send: (message) => postDocument(posting, message),
  };
}
