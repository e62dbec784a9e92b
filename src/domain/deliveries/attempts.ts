import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { formatInstant, instantMs } from '../kernel/instant.ts';
import type { BeginAttempt, ConfirmAttempt, FailAttempt } from './commands.ts';
import type { DeliveryEvent } from './events.ts';
import { idempotencyKey } from './message.ts';
import { DELIVERY_POLICIES, type DeliveryPolicy, retryDelayMs } from './policy.ts';
import type { KnownDelivery } from './state.ts';

const NOTHING: readonly DeliveryEvent[] = [];
const EXPIRED = 'It was not sent in the time for its kind of work.';
const LOST = 'The last attempt ended without a result, and no attempt is left.';

/**
 * An attempt, if one is due. An attempt whose time is up counts as lost, and another one takes its
 * place: it is not known whether that one was sent, which the idempotency key is for.
 */
export function beginAttempt(
  { worker }: BeginAttempt['data'],
  state: KnownDelivery,
  { now, storeId }: CommandContext,
): readonly DeliveryEvent[] {
  const { status, deliveryId, attempt, tries, queue } = state;
  const policy: DeliveryPolicy = DELIVERY_POLICIES[queue];
  const nowMs = instantMs(now);
  const notBefore = status === 'sending' ? state.staleAt : state.nextAttemptAt;
  if (status !== 'waiting' && status !== 'sending') return NOTHING;
  const isHeld = notBefore !== undefined && nowMs < instantMs(notBefore);
  if (status === 'sending' && isHeld) return NOTHING;
  if (nowMs >= instantMs(state.expiresAt)) {
    return [{ type: 'DeliveryExpired', data: { deliveryId, attempt, reason: EXPIRED } }];
  }
  if (isHeld) return NOTHING;
  if (tries >= policy.maxAttempts) return [parked(state, 'attempts', 'no_result', LOST)];
  return [
    {
      type: 'DeliveryAttempted',
      data: {
        ...{ deliveryId, attempt: attempt + 1, worker },
        key: idempotencyKey(storeId, deliveryId, state.bodyHash),
        staleAt: formatInstant(nowMs + policy.staleAfterMs),
      },
    },
  ];
}

/** A late confirmation counts as well: the message was sent. */
export function confirmAttempt(
  { attempt, providerId, duplicate }: ConfirmAttempt['data'],
  state: KnownDelivery,
): readonly DeliveryEvent[] {
  const { status, deliveryId } = state;
  // An attempt from before the content was edited sent another message.
  const isOfContent = attempt <= state.attempt && attempt > state.attempt - state.tries;
  if (status === 'succeeded' || status === 'cancelled' || !isOfContent) return NOTHING;
  return [
    {
      type: 'DeliverySucceeded',
      data: { deliveryId, attempt, ...omitUndefined({ providerId, duplicate }) },
    },
  ];
}

/** A failure counts for the attempt that is running only: an earlier one was taken for lost. */
export function failAttempt(
  data: FailAttempt['data'],
  state: KnownDelivery,
  { now }: CommandContext,
): readonly DeliveryEvent[] {
  const { attempt, failureClass, code, reason, detail, retryAfterMs } = data;
  const { status, deliveryId, tries, authFailures, queue } = state;
  if (status !== 'sending' || attempt !== state.attempt) return NOTHING;
  const policy: DeliveryPolicy = DELIVERY_POLICIES[queue];
  if (failureClass === 'permanent') return [parked(state, 'permanent', code, reason, detail)];
  if (failureClass === 'auth' && authFailures + 1 >= policy.maxAuthAttempts) {
    return [parked(state, 'auth', code, reason, detail)];
  }
  if (tries >= policy.maxAttempts) return [parked(state, 'attempts', code, reason, detail)];
  const isInterrupted = failureClass === 'interrupted';
  const pauseMs = isInterrupted ? 0 : retryDelayMs(policy, deliveryId, tries, retryAfterMs);
  return [
    {
      type: 'DeliveryFailed',
      data: {
        ...{ deliveryId, attempt, failureClass, code, reason },
        nextAttemptAt: formatInstant(instantMs(now) + pauseMs),
        ...(detail !== undefined && { personal: { detail } }),
      },
    },
  ];
}

function parked(
  { deliveryId, attempt }: KnownDelivery,
  cause: 'permanent' | 'auth' | 'attempts',
  code: string,
  reason: string,
  detail?: string,
): DeliveryEvent {
  return {
    type: 'DeliveryParked',
    data: {
      ...{ deliveryId, attempt, cause, code, reason },
      ...(detail !== undefined && { personal: { detail } }),
    },
  };
}
