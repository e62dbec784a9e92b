import type { SubscriptionMessage } from '../../ports/event-log.ts';

/** The next message of a subscription. */
export interface News {
  /** Rejects when the subscription breaks. */
  readonly message: Promise<IteratorResult<SubscriptionMessage, unknown>>;
  /** Aborted once the message is there, so that who waits for it in vain may wait again. */
  readonly arrived: AbortSignal;
}

/** One for all: making an error for each, which nobody reads, costs more than the wait. */
const ARRIVED = 'arrived';

export function nextOf(messages: AsyncIterator<SubscriptionMessage, unknown>): News {
  const arrival = new AbortController();
  const arrive = () => arrival.abort(ARRIVED);
  const message = messages.next();
  // Also when it fails: whoever takes it meets that.
  message.then(arrive, arrive);
  return { message, arrived: arrival.signal };
}
