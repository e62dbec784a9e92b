import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import type {
  PauseCause,
  WebhookSubscriptionEvent,
} from '../../domain/webhook-subscriptions/events.ts';

const CAUSES: Readonly<Record<PauseCause, string>> = {
  person: 'by a person',
  failing: 'because no webhook was taken for a day',
  gone: 'because the receiver says that it is gone',
};

/** An event of the webhook subscriptions in one plain sentence. */
export function describeWebhookSubscriptionEvent(
  event: WebhookSubscriptionEvent | CommandRefused,
): string {
  switch (event.type) {
    case 'WebhookSubscriptionAdded': {
      const { url, events } = event.data;
      return `${url} follows ${events.length} kinds of events`;
    }
    case 'WebhookSubscriptionChanged':
      return `Webhook subscription ${event.data.subscriptionId} changed`;
    case 'WebhookSecretRotated': {
      const { subscriptionId, previousUntil } = event.data;
      return `Webhook subscription ${subscriptionId} has another secret; the one before signs until ${previousUntil}`;
    }
    case 'WebhookSubscriptionPaused': {
      const { subscriptionId, cause } = event.data;
      return `Webhook subscription ${subscriptionId} paused ${CAUSES[cause]}`;
    }
    case 'WebhookSubscriptionResumed':
      return `Webhook subscription ${event.data.subscriptionId} resumed`;
    case 'WebhookSubscriptionFailing': {
      const { subscriptionId, code } = event.data;
      return `Webhook subscription ${subscriptionId} fails: ${code}`;
    }
    case 'WebhookSubscriptionRecovered':
      return `Webhook subscription ${event.data.subscriptionId} works again`;
    case 'WebhookSubscriptionRemoved':
      return `Webhook subscription ${event.data.subscriptionId} removed`;
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}
