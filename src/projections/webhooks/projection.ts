import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import { documentKey } from '../../domain/kernel/names.ts';
import type { WebhookEvent } from '../../domain/webhooks/events.ts';
import { perEntity } from '../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import type { Webhook } from './document.ts';

export const webhookKey = (storeId: string, webhookId: string) => documentKey(storeId, webhookId);

/** One document per event that a provider reported. */
export const webhooks: Projection<Webhook, WebhookEvent | CommandRefused> = {
  name: 'webhooks',
  version: 2,
  collection: 'webhooks',
  indexes: [
    { name: 'by_time', fields: ['receivedAt'] },
    { name: 'by_provider', fields: ['provider', 'receivedAt'] },
    { name: 'by_status', fields: ['status', 'receivedAt'] },
    { name: 'by_payment', fields: ['paymentId', 'receivedAt'] },
    { name: 'by_event', fields: ['eventId', 'receivedAt'] },
    { name: 'by_entity', fields: ['entityId', 'receivedAt'] },
    { name: 'by_order', fields: ['orderId', 'receivedAt'] },
  ],
  feed: 'integrations',
  ...perEntity<WebhookEvent | CommandRefused>('webhook'),
  evolve(webhook, event) {
    if (event.type === 'CommandRefused') return webhook && { ...webhook, revision: event.revision };
    if (event.type === 'WebhookReceived') return received(event.data, event);
    return webhook && { ...changed(webhook, event), revision: event.revision };
  },
};

type Change = Exclude<WebhookEvent, { type: 'WebhookReceived' }>;
type Received = Extract<WebhookEvent, { type: 'WebhookReceived' }>;

function received(
  { body: _sealed, isKnown, ...data }: Received['data'],
  { revision, recordedAt: receivedAt }: RecordedEvent,
): Webhook {
  const status = isKnown ? 'received' : 'ignored';
  return { ...data, revision, status, attempts: 0, receivedAt };
}

function changed(webhook: Webhook, event: Change & { recordedAt: string }): Webhook {
  const { code: _code, retryAt: _at, parkedAt: _parked, ...rest } = webhook;
  switch (event.type) {
    case 'WebhookDeferred': {
      const { attempt: attempts, code, retryAt } = event.data;
      return { ...rest, status: 'waiting', attempts, code, retryAt };
    }
    case 'WebhookProcessed': {
      const { webhookId: _id, attempt: attempts, ...result } = event.data;
      return { ...rest, ...result, status: 'processed', attempts, processedAt: event.recordedAt };
    }
    case 'WebhookParked': {
      const { attempt: attempts, code } = event.data;
      return { ...rest, status: 'parked', attempts, code, parkedAt: event.recordedAt };
    }
    case 'WebhookRetried':
      return { ...rest, status: 'received', attempts: 0 };
  }
}
