import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import type { WebhookSubscriptionEvent } from '../../domain/webhook-subscriptions/events.ts';
import { perEntity } from '../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { WebhookSubscription, WebhookSubscriptionsDocument } from './document.ts';

/** One document for each shop with systems that follow events. */
export const webhookSubscriptions: Projection<
  WebhookSubscriptionsDocument,
  WebhookSubscriptionEvent | CommandRefused
> = {
  name: 'webhook-subscriptions',
  version: 1,
  collection: 'webhook_subscriptions',
  indexes: [{ name: 'by_revision', fields: ['revision'] }],
  feed: 'integrations',
  ...perEntity('webhooksubscription'),
  evolve(document, event) {
    const items = document?.items ?? [];
    const { revision } = event;
    if (event.type === 'CommandRefused') return { items, revision };
    return { items: changed(items, event), revision };
  },
};

function changed(
  items: readonly WebhookSubscription[],
  event: RecordedEvent & WebhookSubscriptionEvent,
): WebhookSubscription[] {
  const { recordedAt: at } = event;
  const { subscriptionId } = event.data;
  if (event.type === 'WebhookSubscriptionAdded') {
    const { secretId: _id, ...data } = event.data;
    return [...items, { ...data, active: true, addedAt: at, updatedAt: at }];
  }
  if (event.type === 'WebhookSubscriptionRemoved') {
    return items.filter((item) => item.subscriptionId !== subscriptionId);
  }
  return items.map((item) =>
    item.subscriptionId === subscriptionId ? { ...changedOne(item, event), updatedAt: at } : item,
  );
}

type Later = Exclude<
  WebhookSubscriptionEvent,
  { type: 'WebhookSubscriptionAdded' | 'WebhookSubscriptionRemoved' }
>;

function changedOne(item: WebhookSubscription, event: RecordedEvent & Later): WebhookSubscription {
  const { pauseCause: _cause, pausedAt: _paused, failingSince, lastError, ...rest } = item;
  switch (event.type) {
    case 'WebhookSubscriptionChanged':
      return { ...item, ...event.data };
    case 'WebhookSecretRotated':
      return { ...item, previousSecretUntil: event.data.previousUntil };
    case 'WebhookSubscriptionPaused': {
      const { cause, code } = event.data;
      const failure = omitUndefined({ failingSince, lastError: code ?? lastError });
      return { ...rest, ...failure, active: false, pauseCause: cause, pausedAt: event.recordedAt };
    }
    case 'WebhookSubscriptionResumed':
      return { ...rest, active: true };
    case 'WebhookSubscriptionFailing': {
      const { since, code } = event.data;
      return { ...item, failingSince: since, lastError: code };
    }
    case 'WebhookSubscriptionRecovered': {
      const { failingSince: _since, lastError: _error, ...recovered } = item;
      return recovered;
    }
  }
}
