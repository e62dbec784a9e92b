import { createEnding, type Ending } from '../../lib/cancellation.ts';
import type { SubscriptionMessage } from '../../ports/event-log.ts';

/** The next message of a subscription. */
export interface News {
  /** Rejects when the subscription breaks. */
  readonly message: Promise<IteratorResult<SubscriptionMessage, unknown>>;
  /** Comes with the message, so that who waits for it in vain may wait again. */
  readonly arrived: Ending;
}

export function nextOf(messages: AsyncIterator<SubscriptionMessage, unknown>): News {
  const arrived = createEnding();
  const message = messages.next();
  // Also when it fails: whoever takes it meets that.
  message.then(arrived.end, arrived.end);
  return { message, arrived };
}
