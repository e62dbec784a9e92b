import {
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
  streamNameFilter,
} from '@eventstore/db-client';

import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SubscribeOptions, SubscriptionMessage } from '../../ports/event-log.ts';
import type { EventLogReads } from './event-log-reads.ts';
import { describeFailure } from './failures.ts';
import type { Namespace } from './namespace.ts';
import { isStart, laterOf, META_STREAM, positionOf } from './recorded.ts';

const DEFAULT_BATCH_SIZE = 500;
/** Times 32 filtered events between two progress notices; the default of the server is 1. */
const CHECKPOINT_INTERVAL = 16;
/** Events that the client buffers for a subscriber; the server itself buffers only 32. */
const BUFFERED_EVENTS = 512;
/** A regular expression of the server: all streams with a prefix but that of the log's name. */
const contentOf = (prefix: string) =>
  `^${asPattern(prefix)}(?!${prefix === '' ? '\\$|' : ''}${asPattern(META_STREAM)}$)`;
const asPattern = (name: string) => name.replaceAll('.', '\\.');

export interface SubscriptionOptions extends SubscribeOptions {
  readonly stallTimeoutMs: number;
}

/** A notice of the server, and how many events came before it. */
interface Notice {
  readonly afterEvents: number;
  readonly position?: Position;
}

/** What the server sent besides events. The callbacks of the client only set these fields. */
interface Notices {
  checkpoint: Notice | undefined;
  caughtUp: Notice | undefined;
  live: boolean;
  failure: Error | undefined;
  wake: () => void;
}

/**
 * One subscription to the whole log, filtered by the server. A batch holds what has arrived when
 * the next message is requested, and no more is fetched than fits into the buffer.
 * @throws when the connection breaks, when the server drops a slow subscriber, and when nothing
 *   has arrived for `stallTimeoutMs` and the server does not respond to a read either.
 */
export async function* followServer(
  client: EventStoreDBClient,
  reads: EventLogReads,
  namespace: Namespace,
  clock: Clock,
  options: SubscriptionOptions,
): AsyncGenerator<SubscriptionMessage> {
  const { after, signal, categories, batchSize = DEFAULT_BATCH_SIZE, stallTimeoutMs } = options;
  if (signal.aborted) return;
  const state: Notices = {
    checkpoint: undefined,
    caughtUp: undefined,
    live: false,
    failure: undefined,
    wake: () => undefined,
  };
  let taken = 0;
  /** How far the log was examined, and how far the subscriber knows. */
  let position = after;
  let reported = after;
  const filter = { prefix: namespace.prefix, categories };
  const subscription = open(client, state, () => taken, after, filter);
  try {
    while (!signal.aborted) {
      const events: RecordedEvent[] = [];
      while (events.length < batchSize) {
        const resolved = subscription.read() as AllStreamResolvedEvent | null;
        if (!resolved) break;
        taken += 1;
        const eventPosition = positionOf(resolved);
        // A reader that starts within a commit may receive events that it has already seen.
        if (!resolved.event || comparePositions(eventPosition, position) <= 0) continue;
        position = eventPosition;
        if (namespace.originOf(resolved.event) !== 'own') continue;
        events.push(namespace.toRecorded(resolved.event, eventPosition));
        reported = eventPosition;
      }
      if (events.length > 0) yield { kind: 'events', events };
      if (signal.aborted) return;
      const caughtUp = state.caughtUp && state.caughtUp.afterEvents <= taken;
      if (caughtUp) {
        state.caughtUp = undefined;
        state.live = true;
      }
      position = afterProgress(state, taken, position);
      if (events.length > 0 && subscription.readableLength > 0) continue;
      if (caughtUp) position = laterOf(position, await reads.quietUpTo(position, categories));
      if (signal.aborted) return;
      const hasMoved = comparePositions(position, reported) > 0;
      reported = position;
      if (state.live && (caughtUp || events.length > 0)) yield { kind: 'caught-up', position };
      else if (hasMoved) yield { kind: 'progress', position };
      if (events.length > 0 && subscription.readableLength > 0) continue;
      if (state.failure) throw state.failure;
      if (
        await isStalled(state, clock, stallTimeoutMs, signal, () => subscription.readableLength > 0)
      ) {
        const quiet = await reads.quietUpTo(position, categories);
        if (signal.aborted) return;
        const moved = comparePositions(quiet, position) > 0 && subscription.readableLength === 0;
        if (moved) yield { kind: 'progress', position: (reported = position = quiet) };
      }
    }
  } finally {
    subscription.unsubscribe().catch(() => undefined);
    subscription.destroy();
  }
}

/** The position after a progress notice, once all events before the notice were taken. */
function afterProgress(state: Notices, taken: number, position: Position): Position {
  const { checkpoint } = state;
  if (!checkpoint?.position || checkpoint.afterEvents > taken) return position;
  state.checkpoint = undefined;
  return laterOf(position, checkpoint.position);
}

function open(
  client: EventStoreDBClient,
  state: Notices,
  taken: () => number,
  after: Position,
  { prefix, categories }: { prefix: string; categories: readonly string[] | undefined },
) {
  const checkpoints = {
    checkpointInterval: CHECKPOINT_INTERVAL,
    checkpointReached: (_: unknown, position: Position) => {
      state.checkpoint = { afterEvents: taken() + subscription.readableLength, position };
      state.wake();
    },
  };
  const filter = categories
    ? streamNameFilter({ ...checkpoints, prefixes: categories.map((name) => `${prefix}${name}-`) })
    : streamNameFilter({ ...checkpoints, regex: contentOf(prefix) });
  const fromPosition = isStart(after) ? 'start' : after;
  const subscription = client.subscribeToAll(
    // A follower may be behind the position to resume from, without reporting it.
    { fromPosition, filter, requiresLeader: true },
    { highWaterMark: BUFFERED_EVENTS },
  );
  const fail = (error: unknown) => {
    state.failure ??= describeFailure(error);
    state.wake();
  };
  subscription.on('readable', () => state.wake());
  // Never removed: the client keeps reporting errors after a subscription was abandoned.
  subscription.on('error', fail);
  subscription.on('end', () => fail(new Error('the subscription ended')));
  subscription.on('close', () => fail(new Error('the subscription was closed')));
  subscription.on('caughtUp', () => {
    state.caughtUp = { afterEvents: taken() + subscription.readableLength };
    state.wake();
  });
  subscription.on('fellBehind', () => {
    state.live = false;
  });
  return subscription;
}

/** Waits until something arrives; true when `stallTimeoutMs` passed first. */
async function isStalled(
  state: Notices,
  clock: Clock,
  stallTimeoutMs: number,
  signal: AbortSignal,
  hasArrived: () => boolean,
): Promise<boolean> {
  const settled = new AbortController();
  const woken = new Promise<void>((resolve) => {
    state.wake = resolve;
    signal.addEventListener('abort', () => resolve(), { signal: settled.signal });
  });
  if (signal.aborted || hasArrived() || state.failure || state.checkpoint || state.caughtUp) {
    settled.abort();
    return false;
  }
  let stalled = true;
  try {
    await Promise.race([
      woken.then(() => (stalled = false)),
      clock.sleep(stallTimeoutMs, settled.signal),
    ]);
  } finally {
    settled.abort();
  }
  return stalled;
}
