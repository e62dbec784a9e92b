import { omitUndefined } from '../../lib/omit-undefined.ts';
import { InvariantError } from '../kernel/errors.ts';
import { unreachable } from '../kernel/invariant.ts';
import { type DeliveryEvent, ERASED_MESSAGE } from './events.ts';
import type { DeliveryState, KnownDelivery } from './state.ts';

export function evolveDelivery(state: DeliveryState, event: DeliveryEvent): DeliveryState {
  if (event.type === 'DeliveryRequested') {
    const { deliveryId, channel, priority, queue, orderKey, bodyHash, expiresAt } = event.data;
    const { personal, topic, personId } = event.data;
    return {
      status: 'waiting',
      ...{ deliveryId, channel, priority, queue, bodyHash, expiresAt, personal },
      ...omitUndefined({ orderKey, topic, personId }),
      ...{ attempt: 0, tries: 0, authFailures: 0, reports: [] },
    };
  }
  if (state.status === 'none') {
    throw new InvariantError('a delivery to be requested first', { type: event.type });
  }
  return evolveKnown(state, event);
}

function evolveKnown(
  state: KnownDelivery,
  event: Exclude<DeliveryEvent, { type: 'DeliveryRequested' }>,
): DeliveryState {
  const { nextAttemptAt: _next, staleAt: _stale, ...rest } = state;
  switch (event.type) {
    case 'DeliveryAttempted': {
      const { attempt, staleAt } = event.data;
      return { ...rest, status: 'sending', attempt, tries: state.tries + 1, staleAt };
    }
    case 'DeliverySucceeded':
      return { ...rest, status: 'succeeded' };
    case 'DeliveryFailed': {
      const { nextAttemptAt, failureClass } = event.data;
      const authFailures = state.authFailures + (failureClass === 'auth' ? 1 : 0);
      return { ...rest, status: 'waiting', nextAttemptAt, authFailures };
    }
    case 'DeliveryParked':
    case 'DeliveryExpired':
      return { ...rest, status: 'parked' };
    case 'DeliveryResent': {
      const { bodyHash, expiresAt, personal } = event.data;
      const fresh = { tries: 0, authFailures: 0, reports: [] };
      return { ...rest, ...fresh, status: 'waiting', bodyHash, expiresAt, personal };
    }
    case 'DeliveryCancelled':
      return { ...rest, status: 'cancelled' };
    case 'DeliveryErased': {
      const status = state.status === 'succeeded' ? 'succeeded' : 'cancelled';
      return { ...rest, status, personal: ERASED_MESSAGE, isErased: true };
    }
    case 'DeliveryReported':
      // It does not touch an attempt that is due or running.
      return { ...state, reports: [...state.reports, event.data.report] };
    default:
      return unreachable(event);
  }
}
