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
import { isStart, laterOf, placeOf, toRecorded } from './recorded.ts';

const DEFAULT_BATCH_SIZE = 500;
/** Times 32 events passed over between two notices of progress; the server's default is 1. */
const CHECKPOINT_INTERVAL = 16;
/** Events that the client holds for a subscriber; the server itself keeps only 32 for it. */
const BUFFERED_EVENTS = 512;
/** All but the server's own streams and the one that names the log. */
const CONTENT = '^(?!\\$|meta-system\\.log$)';

export interface SubscriptionOptions extends SubscribeOptions {
  readonly silenceMs: number;
}

/** Where in the order of events a notice of the server stands: after so many of them. */
interface Notice {
  readonly after: number;
  readonly position?: Position;
}

/** What the server said besides events. The callbacks of the client set variables and no more. */
interface Notices {
  checkpoint: Notice | undefined;
  caughtUp: Notice | undefined;
  live: boolean;
  failure: Error | undefined;
  wake: () => void;
}

/**
 * One subscription to the whole log with the server's filter. Batches are what has arrived when
 * the next message is asked for, and no more is fetched than the buffer holds.
 *
 * It ends with an error when the connection breaks, when the server drops a slow subscriber, and
 * when nothing has come for `silenceMs` and the server does not answer a read either.
 */
export async function* followServer(
  client: EventStoreDBClient,
  reads: EventLogReads,
  clock: Clock,
  options: SubscriptionOptions,
): AsyncGenerator<SubscriptionMessage> {
  const { after, signal, categories, batchSize = DEFAULT_BATCH_SIZE, silenceMs } = options;
  if (signal.aborted) return;
  const state: Notices = {
    checkpoint: undefined,
    caughtUp: undefined,
    live: false,
    failure: undefined,
    wake: () => undefined,
  };
  let taken = 0;
  let position = after;
  const subscription = open(client, state, () => taken, after, categories);
  try {
    while (!signal.aborted) {
      const events: RecordedEvent[] = [];
      while (events.length < batchSize) {
        const resolved = subscription.read() as AllStreamResolvedEvent | null;
        if (!resolved) break;
        taken += 1;
        const place = placeOf(resolved);
        // A reader that begins within a commit may be given what it has seen already.
        if (!resolved.event || comparePositions(place, position) <= 0) continue;
        position = place;
        events.push(toRecorded(resolved.event, place));
      }
      if (events.length > 0) yield { kind: 'events', events };
      if (signal.aborted) return;
      const caughtUp = state.caughtUp && state.caughtUp.after <= taken;
      if (caughtUp) {
        state.caughtUp = undefined;
        state.live = true;
      }
      const before = position;
      position = passed(state, taken, position);
      if (events.length > 0 && subscription.readableLength > 0) continue;
      if (caughtUp) position = laterOf(position, await reads.quietUpTo(position, categories));
      if (signal.aborted) return;
      if (state.live && (caughtUp || events.length > 0)) yield { kind: 'caught-up', position };
      else if (comparePositions(position, before) > 0) yield { kind: 'progress', position };
      if (events.length > 0 && subscription.readableLength > 0) continue;
      if (state.failure) throw state.failure;
      if (await silent(state, clock, silenceMs, signal, () => subscription.readableLength > 0)) {
        const quiet = await reads.quietUpTo(position, categories);
        if (signal.aborted) return;
        const moved = comparePositions(quiet, position) > 0 && subscription.readableLength === 0;
        if (moved) yield { kind: 'progress', position: (position = quiet) };
      }
    }
  } finally {
    subscription.unsubscribe().catch(() => undefined);
    subscription.destroy();
  }
}

/** The position after a notice of progress whose turn has come. */
function passed(state: Notices, taken: number, position: Position): Position {
  const { checkpoint } = state;
  if (!checkpoint?.position || checkpoint.after > taken) return position;
  state.checkpoint = undefined;
  return laterOf(position, checkpoint.position);
}

function open(
  client: EventStoreDBClient,
  state: Notices,
  taken: () => number,
  after: Position,
  categories: readonly string[] | undefined,
) {
  const checkpoints = {
    checkpointInterval: CHECKPOINT_INTERVAL,
    checkpointReached: (_: unknown, position: Position) => {
      state.checkpoint = { after: taken() + subscription.readableLength, position };
      state.wake();
    },
  };
  const filter = categories
    ? streamNameFilter({ ...checkpoints, prefixes: categories.map((name) => `${name}-`) })
    : streamNameFilter({ ...checkpoints, regex: CONTENT });
  const fromPosition = isStart(after) ? 'start' : after;
  const subscription = client.subscribeToAll(
    // A node that follows may be behind the position to go on from, and say nothing of it.
    { fromPosition, filter, requiresLeader: true },
    { highWaterMark: BUFFERED_EVENTS },
  );
  const fail = (error: unknown) => {
    state.failure ??= describeFailure(error);
    state.wake();
  };
  subscription.on('readable', () => state.wake());
  // Stays for good: the client goes on reporting errors after a subscription was given up.
  subscription.on('error', fail);
  subscription.on('end', () => fail(new Error('the subscription ended')));
  subscription.on('close', () => fail(new Error('the subscription was closed')));
  subscription.on('caughtUp', () => {
    state.caughtUp = { after: taken() + subscription.readableLength };
    state.wake();
  });
  subscription.on('fellBehind', () => {
    state.live = false;
  });
  return subscription;
}

/** Waits until something has come; true when `silenceMs` went by first. */
async function silent(
  state: Notices,
  clock: Clock,
  silenceMs: number,
  signal: AbortSignal,
  arrived: () => boolean,
): Promise<boolean> {
  const over = new AbortController();
  const woken = new Promise<void>((resolve) => {
    state.wake = resolve;
    signal.addEventListener('abort', () => resolve(), { signal: over.signal });
  });
  if (signal.aborted || arrived() || state.failure || state.checkpoint || state.caughtUp) {
    over.abort();
    return false;
  }
  let quiet = true;
  try {
    await Promise.race([woken.then(() => (quiet = false)), clock.sleep(silenceMs, over.signal)]);
  } finally {
    over.abort();
  }
  return quiet;
}
