import { createCancelController, type CancelSignal } from '../../lib/cancellation.ts';
import type { SubscriptionMessage } from '../../ports/event-log.ts';

/** The next message of a subscription. */
export interface PendingMessage {
  /** Rejects when the subscription breaks. */
  readonly message: Promise<IteratorResult<SubscriptionMessage, unknown>>;
  /** Comes with the message, so that who waits for it in vain may wait again. */
  readonly settled: CancelSignal;
}

export function pendingMessage(
  messages: AsyncIterator<SubscriptionMessage, unknown>,
): PendingMessage {
  const settled = createCancelController();
  const message = messages.next();
  // Also when it fails: whoever takes it meets that.
  message.then(settled.cancel, settled.cancel);
  return { message, settled };
}
