import type {
  DeliveryCommand,
  DeliveryEvent,
  RequestDelivery,
} from '../../src/domain/deliveries/index.ts';
import { formatInstant, instantMs } from '../../src/domain/kernel/instant.ts';

export const NOW = '2025-03-10T12:00:00.000Z';
export const later = (ms: number) => formatInstant(instantMs(NOW) + ms);

export const requestOf = (more: Partial<RequestDelivery['data']> = {}): DeliveryCommand => ({
  type: 'RequestDelivery',
  data: {
    channel: 'email',
    priority: 'NORMAL',
    queue: 'notification-sending',
    recipient: 'marta@example.org',
    content: { subject: 'Your table', text: 'Ready at eight.' },
    ...more,
  },
});

export const requested: DeliveryEvent = {
  type: 'DeliveryRequested',
  data: {
    deliveryId: 'entity-1',
    channel: 'email',
    priority: 'NORMAL',
    queue: 'notification-sending',
    bodyHash: 'hash-of-the-first-body',
    expiresAt: later(7 * 86_400_000),
    personal: {
      recipient: 'marta@example.org',
      content: { subject: 'Your table', text: 'Ready at eight.' },
    },
  },
};

export const attempted = (attempt = 1, staleAt = later(1_800_000)): DeliveryEvent => ({
  type: 'DeliveryAttempted',
  data: { deliveryId: 'entity-1', attempt, key: 'k'.repeat(33), worker: `w-${attempt}`, staleAt },
});

export const failed = (attempt = 1, failureClass: 'retry' | 'auth' = 'retry'): DeliveryEvent => ({
  type: 'DeliveryFailed',
  data: {
    deliveryId: 'entity-1',
    attempt,
    failureClass,
    code: 'smtp_451',
    reason: 'Later.',
    nextAttemptAt: later(10_000),
  },
});

export const parked = (attempt = 1): DeliveryEvent => ({
  type: 'DeliveryParked',
  data: {
    deliveryId: 'entity-1',
    attempt,
    cause: 'permanent',
    code: 'smtp_550',
    reason: 'No such mailbox.',
  },
});
