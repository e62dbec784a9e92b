import type { DeliveryEvent } from '../../domain/deliveries/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';

const CHANNELS = {
  email: 'E-mail',
  sms: 'Text message',
  audit: 'Audit records',
  webhook: 'Webhook',
  subscription: 'Webhook to a system of the shop',
  books: 'Document for the books',
} as const;

const REPORTS = {
  delivered: 'Reported as delivered',
  opened: 'Reported as opened',
  bounced: 'Reported as undeliverable',
  complained: 'Reported as spam by the person',
} as const;

/** What an event of a delivery means, in one plain sentence. */
export function describeDeliveryEvent(event: DeliveryEvent | CommandRefused): string {
  switch (event.type) {
    case 'DeliveryRequested': {
      const { channel, topic, priority } = event.data;
      const about = topic === undefined ? '' : ` (${topic})`;
      return `${CHANNELS[channel]}${about} to be sent, priority ${priority}`;
    }
    case 'DeliveryAttempted':
      return `Attempt ${event.data.attempt} began`;
    case 'DeliverySucceeded': {
      const { attempt, duplicate } = event.data;
      const repeat = duplicate ? ', from an earlier attempt' : '';
      return `Accepted by the other side at attempt ${attempt}${repeat}`;
    }
    case 'DeliveryFailed': {
      const { attempt, reason, nextAttemptAt } = event.data;
      return `Attempt ${attempt} failed, the next one at ${nextAttemptAt}: ${reason}`;
    }
    case 'DeliveryParked':
      return `Parked unsent after attempt ${event.data.attempt}: ${event.data.reason}`;
    case 'DeliveryExpired':
      return `Parked unsent: ${event.data.reason}`;
    case 'DeliveryResent':
      return event.data.edited ? 'Edited, to be sent again' : 'To be sent again';
    case 'DeliveryCancelled':
      return `Cancelled: ${event.data.reason}`;
    case 'DeliveryErased':
      return `Address and message erased: ${event.data.reason}`;
    case 'DeliveryReported':
      return REPORTS[event.data.report];
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}
