import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import type { WebhookEvent } from '../../domain/webhooks/events.ts';

/** A webhook of a provider in one plain sentence. */
export function describeWebhookEvent(event: WebhookEvent | CommandRefused): string {
  if (event.type === 'CommandRefused') {
    return `Refused ${event.data.command}: ${event.data.message}`;
  }
  const { provider, eventType, isKnown, isSigned, entityId } = event.data;
  const about = entityId === undefined ? '' : ` about ${entityId}`;
  const hint = isSigned ? '' : ', without a signature';
  const ignored = isKnown ? '' : '; its type is not known and it is ignored';
  return `Webhook of ${provider}: ${eventType}${about}${hint}${ignored}`;
}
