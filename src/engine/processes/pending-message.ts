import { type CancelSignal, createCancelController } from '../../lib/cancellation.ts';
import type { SubscriptionMessage } from '../../ports/event-log.ts';

/** The next message of a subscription. */
export interface PendingMessage {
  /** Rejects when the subscription fails. */
  readonly message: Promise<IteratorResult<SubscriptionMessage, unknown>>;
  /** Settles when the message does, so a waiter that timed out can wait again. */
  readonly settled: CancelSignal;
}

export function pendingMessage(
  messages: AsyncIterator<SubscriptionMessage, unknown>,
): PendingMessage {
  const settled = createCancelController();
  const message = messages.next();
  // Also on failure: the caller that awaits the message meets the error.
  message.then(settled.cancel, settled.cancel);
  return { message, settled };
}
