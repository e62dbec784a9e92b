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
  version: 1,
  collection: 'webhooks',
  indexes: [
    { name: 'by_time', fields: ['receivedAt'] },
    { name: 'by_provider', fields: ['provider', 'receivedAt'] },
    { name: 'by_status', fields: ['status', 'receivedAt'] },
    { name: 'by_event', fields: ['eventId', 'receivedAt'] },
    { name: 'by_entity', fields: ['entityId', 'receivedAt'] },
    { name: 'by_order', fields: ['orderId', 'receivedAt'] },
  ],
  feed: 'integrations',
  ...perEntity<WebhookEvent | CommandRefused>('webhook', {
    ignores: ({ type }) => type === 'CommandRefused',
  }),
  evolve(webhook, event) {
    if (event.type === 'CommandRefused') return webhook;
    const { body: _sealed, isKnown, ...data } = event.data;
    const { revision, recordedAt: receivedAt } = event;
    return { ...data, revision, status: isKnown ? 'received' : 'ignored', receivedAt };
  },
};
