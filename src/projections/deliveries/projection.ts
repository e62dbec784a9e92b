import { type DeliveryEvent, ERASED_MESSAGE } from '../../domain/deliveries/events.ts';
import { InvariantError } from '../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import { documentKey } from '../../domain/kernel/names.ts';
import { perEntity } from '../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import { type Delivery, type DeliveryAttempt, MAX_LISTED_ATTEMPTS } from './document.ts';

type Known = Exclude<DeliveryEvent, { type: 'DeliveryRequested' }>;
type DataOf<Type extends DeliveryEvent['type']> = Extract<DeliveryEvent, { type: Type }>['data'];

export function deliveryKey(storeId: string, deliveryId: string): string {
  return documentKey(storeId, deliveryId);
}

/** One document per delivery. */
export const deliveries: Projection<Delivery, DeliveryEvent | CommandRefused> = {
  name: 'deliveries',
  version: 2,
  collection: 'deliveries',
  indexes: [
    { name: 'by_request', fields: ['requestedAt'] },
    { name: 'by_state', fields: ['state', 'requestedAt'] },
    { name: 'by_channel', fields: ['channel', 'requestedAt'] },
    { name: 'by_person', fields: ['personId', 'requestedAt'] },
    { name: 'by_parking', fields: ['state', 'parkedAt'] },
  ],
  feed: 'integrations',
  ...perEntity('delivery'),
  evolve(delivery, event) {
    const next = change(delivery, event);
    return next && { ...next, revision: event.revision };
  },
};

function change(
  delivery: Delivery | undefined,
  event: RecordedEvent & (DeliveryEvent | CommandRefused),
): Delivery | undefined {
  if (event.type === 'DeliveryRequested') return requested(event.data, event);
  if (event.type === 'CommandRefused') return delivery;
  if (!delivery) throw new InvariantError('a delivery to be requested first', { type: event.type });
  return { ...changed(delivery, event), updatedAt: event.recordedAt };
}

function requested(
  data: DataOf<'DeliveryRequested'>,
  { recordedAt, revision }: RecordedEvent,
): Delivery {
  const { deliveryId, channel, priority, queue, topic, personId, expiresAt, personal } = data;
  return {
    ...{ deliveryId, revision, state: 'waiting', channel, priority, queue },
    ...omitUndefined({ topic, personId }),
    ...personal,
    ...{ requestedAt: recordedAt, updatedAt: recordedAt, expiresAt },
    ...{ attemptCount: 0, attempts: [], reports: [] },
  };
}

function changed(delivery: Delivery, event: RecordedEvent & Known): Delivery {
  const {
    reason: _reason,
    code: _code,
    nextAttemptAt: _next,
    parkedAt: _parked,
    ...rest
  } = delivery;
  const at = event.recordedAt;
  switch (event.type) {
    case 'DeliveryAttempted': {
      const { attempt, key } = event.data;
      const begun: DeliveryAttempt = { attempt, at, key, result: 'running' };
      const attempts = [...delivery.attempts, begun].slice(-MAX_LISTED_ATTEMPTS);
      return { ...rest, state: 'sending', attemptCount: attempt, attempts };
    }
    case 'DeliverySucceeded': {
      const { attempt, providerId } = event.data;
      const result = {
        result: 'succeeded',
        endedAt: at,
        ...omitUndefined({ providerId }),
      } as const;
      return { ...rest, state: 'succeeded', sentAt: at, ...ended(delivery, attempt, result) };
    }
    case 'DeliveryFailed': {
      const { attempt, code, reason, nextAttemptAt, personal } = event.data;
      const result = { result: 'failed', endedAt: at, code, reason, ...personal } as const;
      const why = { code, reason, nextAttemptAt };
      return { ...rest, state: 'waiting', ...why, ...ended(delivery, attempt, result) };
    }
    case 'DeliveryParked': {
      const { attempt, code, reason, personal } = event.data;
      const result = { result: 'parked', endedAt: at, code, reason, ...personal } as const;
      const why = { code, reason, parkedAt: at };
      return { ...rest, state: 'parked', ...why, ...ended(delivery, attempt, result) };
    }
    case 'DeliveryExpired':
      return { ...rest, state: 'parked', code: 'expired', reason: event.data.reason, parkedAt: at };
    case 'DeliveryCancelled':
      return { ...rest, state: 'cancelled', reason: event.data.reason, cancelledAt: at };
    case 'DeliveryErased': {
      const state = delivery.state === 'succeeded' ? 'succeeded' : 'cancelled';
      const attempts = delivery.attempts.map(({ detail: _detail, ...attempt }) => attempt);
      return { ...rest, state, ...ERASED_MESSAGE, attempts, erasedAt: at };
    }
    case 'DeliveryReported': {
      const { report } = event.data;
      return { ...delivery, reports: [...delivery.reports, { report, at }] };
    }
    case 'DeliveryResent': {
      const { expiresAt, personal } = event.data;
      return { ...rest, state: 'waiting', expiresAt, reports: [], ...personal };
    }
  }
}

function ended(
  { attempts }: Delivery,
  attempt: number,
  result: Partial<DeliveryAttempt>,
): Pick<Delivery, 'attempts'> {
  const end = (one: DeliveryAttempt) => (one.attempt === attempt ? { ...one, ...result } : one);
  return { attempts: attempts.map(end) };
}
