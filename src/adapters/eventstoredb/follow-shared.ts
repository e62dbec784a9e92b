import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { categoryOf } from '../../domain/kernel/names.ts';
import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import type { SubscribeOptions, SubscriptionMessage } from '../../ports/event-log.ts';
import type { EventLogReads } from './event-log-reads.ts';
import { laterOf } from './recorded.ts';
import type { Reader, Subscriber } from './shared-subscription.ts';

const DEFAULT_BATCH_SIZE = 500;

export interface FollowSharedOptions extends SubscribeOptions {
  readonly subscriber: Subscriber;
  /** A subscription of this subscriber alone. */
  readonly followAlone: (options: SubscribeOptions) => AsyncIterable<SubscriptionMessage>;
  readonly quietUpTo: EventLogReads['quietUpTo'];
}

/**
 * Catches up with a subscription of its own, then reads the shared one. A subscriber that is too
 * slow for the shared one catches up by itself again.
 */
export async function* followShared(
  options: FollowSharedOptions,
): AsyncGenerator<SubscriptionMessage> {
  const { signal, subscriber } = options;
  let position = options.after;
  try {
    while (!signal.aborted) {
      const catchingUp = catchUp(options, position);
      let joined: Joined | undefined;
      for (;;) {
        const next = await catchingUp.next();
        if (next.done) {
          joined = next.value;
          break;
        }
        yield next.value;
      }
      if (!joined) return;
      try {
        position = yield* readShared(options, joined);
      } finally {
        joined.reader.leave();
      }
    }
  } finally {
    subscriber.leave();
  }
}

interface Joined {
  readonly reader: Reader;
  readonly position: Position;
}

/** Undefined when the subscription ended. */
async function* catchUp(
  { subscriber, followAlone, quietUpTo, signal, categories, batchSize }: FollowSharedOptions,
  after: Position,
): AsyncGenerator<SubscriptionMessage, Joined | undefined> {
  const leaving = new AbortController();
  const ownSignal = AbortSignal.any([signal, leaving.signal]);
  const messages = followAlone({
    after,
    signal: ownSignal,
    ...(categories && { categories }),
    ...(batchSize !== undefined && { batchSize }),
  })[Symbol.asyncIterator]();
  let position = after;
  let isCaughtUp = false;
  let pending: Promise<IteratorResult<SubscriptionMessage>> | undefined;
  try {
    for (;;) {
      if (!pending) {
        pending = messages.next();
        // It may reject while something else is awaited: unhandled, that would end the instance.
        pending.catch(() => undefined);
      }
      if (isCaughtUp) {
        let reader = subscriber.join(position);
        if (!reader && subscriber.isPast(position)) {
          // It has dropped events, of which perhaps none is of these categories.
          position = await quietUpTo(position, categories);
          reader = subscriber.join(position);
        }
        if (reader) return { reader, position };
        // There are such events, and its own subscription has yet to deliver them.
        isCaughtUp = !subscriber.isPast(position);
        if (isCaughtUp && (await isFirst(subscriber.changed(ownSignal), pending))) continue;
      }
      const next = await pending;
      pending = undefined;
      if (next.done) return undefined;
      const message = next.value;
      if (message.kind === 'events') {
        position = message.events.at(-1)?.position ?? position;
        isCaughtUp = false;
        yield message;
        continue;
      }
      isCaughtUp = message.kind === 'caught-up';
      position = laterOf(position, message.position);
      yield { kind: message.kind, position };
    }
  } finally {
    leaving.abort();
    // Not awaited: a read of a frozen server would hold up the subscriber.
    messages.return?.().catch(() => undefined);
  }
}

/** Whether `first` settles before `second`, which may reject. */
function isFirst(first: Promise<unknown>, second: Promise<unknown>): Promise<boolean> {
  const isSecond = () => false;
  return Promise.race([second.then(isSecond, isSecond), first.then(() => true)]);
}

/** @returns the position from which it must catch up by itself again. */
async function* readShared(
  { subscriber, signal, categories, batchSize = DEFAULT_BATCH_SIZE }: FollowSharedOptions,
  { reader, position: joinedAt }: Joined,
): AsyncGenerator<SubscriptionMessage, Position> {
  const wanted = categories && new Set(categories);
  const matches = ({ stream }: RecordedEvent) => !wanted || wanted.has(categoryOf(stream));
  let position = joinedAt;
  /** Whether events came since the last notice that it has caught up. */
  let isNoticeDue = false;
  while (!signal.aborted) {
    const changed = subscriber.changed(signal);
    const taken = reader.take(batchSize, matches);
    if (!taken) return position;
    const { events, hasMore, isCaughtUp } = taken;
    const last = events.at(-1);
    if (last) {
      position = last.position;
      isNoticeDue = true;
      yield { kind: 'events', events };
      if (signal.aborted) return position;
    }
    const hasMoved = comparePositions(taken.position, position) > 0;
    position = laterOf(position, taken.position);
    if (isCaughtUp && (isNoticeDue || hasMoved)) {
      isNoticeDue = false;
      yield { kind: 'caught-up', position };
    } else if (hasMoved) yield { kind: 'progress', position };
    if (!hasMore) await changed;
  }
  return position;
}
