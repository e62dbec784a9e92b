import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { DomainError } from '../kernel/errors.ts';
import { formatInstant, instantMs } from '../kernel/instant.ts';
import type { CancelDelivery, EditDelivery } from './commands.ts';
import type { DeliveryEvent, DeliveryMessage } from './events.ts';
import { assertMessage, isOfPerson, isSameMessage, newContentId } from './message.ts';
import { DELIVERY_POLICIES, type DeliveryPolicy } from './policy.ts';
import type { KnownDelivery } from './state.ts';

/**
 * Sends it again: all attempts are available again, with the same idempotency key.
 * @throws DomainError delivery_succeeded, delivery_in_progress, delivery_cancelled.
 */
export function retryDelivery(
  state: KnownDelivery,
  context: CommandContext,
): readonly DeliveryEvent[] {
  assertUnsent(state);
  return [resent(state, state.personal, context)];
}

/**
 * Sends it again to another address, or with another message: the other side gets another key.
 * @throws DomainError delivery_not_parked, delivery_succeeded, delivery_in_progress,
 *   invalid_request.
 */
export function editDelivery(
  { recipient, content }: EditDelivery['data'],
  state: KnownDelivery,
  context: CommandContext,
): readonly DeliveryEvent[] {
  assertUnsent(state);
  if (state.status !== 'parked') {
    throw new DomainError(
      'delivery_not_parked',
      `expected delivery ${state.deliveryId} to be parked, found ${state.status}`,
    );
  }
  if (!isOfPerson(state.channel)) throw notOfPerson('one to a system');
  const message = { ...state.personal, ...omitUndefined({ recipient, content }) };
  assertMessage(state.channel, message);
  return [resent(state, message, context)];
}

/**
 * Sends it no more.
 * @throws DomainError delivery_succeeded, delivery_in_progress, delivery_cancelled,
 *   invalid_request for audit records: the trail of the other side would have a gap.
 */
export function cancelDelivery(
  { reason }: CancelDelivery['data'],
  state: KnownDelivery,
): readonly DeliveryEvent[] {
  assertUnsent(state);
  if (state.channel === 'audit') throw notOfPerson('audit records');
  return [{ type: 'DeliveryCancelled', data: { deliveryId: state.deliveryId, reason } }];
}

function notOfPerson(found: string): DomainError {
  return new DomainError('invalid_request', `expected a message to a person, found ${found}`);
}

/** @throws DomainError delivery_succeeded, delivery_in_progress, delivery_cancelled. */
function assertUnsent({ status, deliveryId }: KnownDelivery): void {
  if (status === 'cancelled') {
    throw new DomainError('delivery_cancelled', `delivery ${deliveryId} was cancelled`);
  }
  if (status === 'succeeded') {
    throw new DomainError('delivery_succeeded', `delivery ${deliveryId} was sent already`);
  }
  if (status === 'sending') {
    throw new DomainError('delivery_in_progress', `delivery ${deliveryId} is being sent`);
  }
}

function resent(
  state: KnownDelivery,
  personal: DeliveryMessage,
  context: CommandContext,
): DeliveryEvent {
  const { deliveryId, channel, priority, orderKey, queue } = state;
  const policy: DeliveryPolicy = DELIVERY_POLICIES[queue];
  const edited = !isSameMessage(personal, state.personal);
  return {
    type: 'DeliveryResent',
    data: {
      ...{ deliveryId, channel, priority, ...omitUndefined({ orderKey }) },
      edited,
      bodyHash: edited ? newContentId(context) : state.bodyHash,
      expiresAt: formatInstant(instantMs(context.now) + policy.expiresAfterMs),
      personal,
    },
  };
}
