import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import type { WebhookEffect, WebhookEvent } from '../../domain/webhooks/events.ts';

const EFFECTS: Readonly<Record<WebhookEffect, string>> = {
  payment_recorded: 'the payment was recorded',
  refund_recorded: 'a refund at the provider was recorded',
  already_known: 'it was known already',
  not_paid: 'no money moved',
  none: 'there was nothing to do',
};

function change(event: Exclude<WebhookEvent, { type: 'WebhookReceived' }>): string {
  switch (event.type) {
    case 'WebhookDeferred':
      return `Not carried out yet, to be tried again: ${event.data.code}`;
    case 'WebhookProcessed':
      return `Carried out: ${EFFECTS[event.data.effect]}`;
    case 'WebhookParked':
      return `Parked after ${event.data.attempt} tries: ${event.data.code}`;
    case 'WebhookRetried':
      return `Tried again, round ${event.data.round}`;
  }
}

/** A webhook of a provider in one plain sentence. */
export function describeWebhookEvent(event: WebhookEvent | CommandRefused): string {
  if (event.type === 'CommandRefused') {
    return `Refused ${event.data.command}: ${event.data.message}`;
  }
  if (event.type !== 'WebhookReceived') return change(event);
  const { provider, eventType, isKnown, isSigned, entityId } = event.data;
  const about = entityId === undefined ? '' : ` about ${entityId}`;
  const hint = isSigned ? '' : ', without a signature';
  const ignored = isKnown ? '' : '; its type is not known and it is ignored';
  return `Webhook of ${provider}: ${eventType}${about}${hint}${ignored}`;
}
