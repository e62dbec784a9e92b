import { requestPosting } from '../../commands/books/request-posting.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { OrderEvent } from '../../domain/orders/index.ts';
import type { OpenableProcess, ProcessServices } from '../../engine/processes/process-manager.ts';

const NAME = 'books-posting';
/** Orders that are looked at side by side. */
const MAX_CONCURRENT = 16;

/** After each of them an order may be a sale that is paid in full. */
const EVENT_TYPES: readonly OrderEvent['type'][] = [
  ...(['OrderStatusChanged', 'OrderPaymentRecorded', 'AccountChargeConfirmed'] as const),
  ...(['OrderRefunded', 'OrderTipAdjusted', 'OrderChangedAtProvider'] as const),
];

/**
 * Has sales and refunds posted to the books. It begins at the head of the log, and passes over what
 * was sold before the connection, unless the owner chose a first day: others keep the books of it.
 */
export const booksPosting: OpenableProcess = {
  name: NAME,
  categories: ['order'],
  eventTypes: EVENT_TYPES,
  startAt: 'head',
  open: (services) => ({
    react: (event) => react(event, services),
    keyOf: ({ stream }) => stream,
    maxConcurrent: MAX_CONCURRENT,
  }),
};

async function react(
  recorded: RecordedEvent,
  { commands, clock, eventsOf }: ProcessServices,
): Promise<void> {
  const event = recorded as unknown as OrderEvent;
  const { storeId, correlationId } = recorded.metadata;
  const { orderId, businessDay } = event.data;
  const sequence = {
    ...{ commands, clock, commandId: recorded.id },
    context: { storeId, now: recorded.recordedAt, businessDay },
    envelope: { actor: { kind: 'process', id: NAME }, correlationId, causationId: recorded.id },
  } as const;
  const refundId = event.type === 'OrderRefunded' ? event.data.refundId : undefined;
  await requestPosting({ sequence, eventsOf }, orderId, refundId);
}
