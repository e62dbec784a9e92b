import type { EventStoreDBClient } from '@eventstore/db-client';

import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { categoryOf } from '../../domain/kernel/names.ts';
import { END, START, comparePositions, type Position } from '../../domain/kernel/position.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AllPage, AllRead, StreamRead } from '../../ports/event-log.ts';
import { describeFailure, isBadPosition, typeOf } from './failures.ts';
import { isContent, isStart, positionOf, type Resolved, toRecorded } from './recorded.ts';
import { TimeLimitError } from './time-limits.ts';

const DEFAULT_LIMIT = 1_000;
const MAX_STREAM_LIMIT = 1_000;
const MAX_ALL_LIMIT = 20_000;
/** Minimum number of events per scan: the client cannot filter a read of the whole log. */
const MIN_WINDOW = 500;
/** Events per scan backwards from the head for the newest content event. */
const HEAD_WINDOW = 32;
/**
 * A follower shows acknowledged events a moment later. A reader that misses the event of its
 * checkpoint there would take the log for another one.
 */
const requiresLeader = true;
/** Nodes that one read tries, each named by the one before. */
const MAX_LEADERS = 3;
/** The client needs a moment to connect to the node that was named. */
const RECONNECT_MS = 10;

/** The used part of the client's streams; their types differ between reads. */
interface ReadableEvents {
  on(event: 'data', listener: (resolved: Resolved) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  cancel(): Promise<void>;
}

export interface EventLogReads {
  readStream(stream: string, options: StreamRead): Promise<RecordedEvent[]>;
  readAll(options: AllRead): Promise<AllPage>;
  readAt(position: Position): Promise<RecordedEvent | undefined>;
  head(limitMs?: number): Promise<Position>;
  /** The position up to which the log after `after` has no events of these categories. */
  quietUpTo(after: Position, categories: readonly string[] | undefined): Promise<Position>;
}

/** Each read throws a TimeLimitError when nothing arrives for `readMs`. */
export function createReads(
  client: EventStoreDBClient,
  clock: Clock,
  readMs: number,
): EventLogReads {
  /** Retries when the node is not the leader any more: the client then connects to the leader. */
  async function collect(
    open: () => ReadableEvents,
    take: (resolved: Resolved) => void,
    limitMs = readMs,
  ): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await collectEvents(clock, limitMs, open(), take);
        return;
      } catch (error) {
        if (typeOf(error) !== 'not-leader' || attempt === MAX_LEADERS) throw error;
        await clock.sleep(RECONNECT_MS);
      }
    }
  }

  /**
   * All events after a position, or before it, system events included, at most `window` of them.
   */
  async function scan(
    after: Position,
    window: number,
    direction: 'forwards' | 'backwards' = 'forwards',
  ): Promise<Resolved[]> {
    const found: Resolved[] = [];
    const sign = direction === 'forwards' ? 1 : -1;
    const edge = direction === 'forwards' ? 'start' : 'end';
    const isEdge = direction === 'forwards' ? isStart(after) : comparePositions(after, END) >= 0;
    const fromPosition = isEdge ? edge : after;
    // This read is inclusive, so it returns the event at the position too.
    const maxCount = isEdge ? window : window + 1;
    const read = () => client.readAll({ direction, fromPosition, maxCount, requiresLeader });
    await collect(read, (resolved) => {
      if (!resolved.event || sign * comparePositions(positionOf(resolved), after) <= 0) return;
      if (found.length < window) found.push(resolved);
    });
    return found;
  }

  function filterOf(categories: readonly string[] | undefined): (stream: string) => boolean {
    const wanted = categories && new Set(categories);
    return (stream) => isContent(stream) && (!wanted || wanted.has(categoryOf(stream)));
  }

  async function readAll(options: AllRead): Promise<AllPage> {
    const { after, direction, categories, limit = DEFAULT_LIMIT } = options;
    const maxEvents = Math.min(limit, MAX_ALL_LIMIT);
    const window = Math.max(maxEvents + 1, MIN_WINDOW);
    const matches = filterOf(categories);
    const found = await scan(after, window, direction);
    const events: RecordedEvent[] = [];
    let position = after;
    for (const resolved of found) {
      const { event } = resolved;
      if (!event) continue;
      if (events.length >= maxEvents && isContent(event.streamId)) {
        return { events, position, atHead: false };
      }
      position = positionOf(resolved);
      if (matches(event.streamId)) events.push(toRecorded(event, position));
    }
    // Only a window that is not full reached the end of the log.
    return { events, position, atHead: found.length < window };
  }

  return {
    readAll,
    async readStream(stream, { from, direction = 'forwards', limit = DEFAULT_LIMIT }) {
      const events: RecordedEvent[] = [];
      const backwards = direction === 'backwards';
      const edge = backwards ? 'end' : 'start';
      const fromRevision = from === undefined ? edge : BigInt(from);
      const maxCount = Math.min(limit, MAX_STREAM_LIMIT);
      const read = () =>
        client.readStream(stream, { direction, fromRevision, maxCount, requiresLeader });
      try {
        await collect(read, (resolved) => {
          if (resolved.event) events.push(toRecorded(resolved.event, positionOf(resolved)));
        });
      } catch (error) {
        if (typeOf(error) === 'stream-not-found') return [];
        throw error;
      }
      return events;
    },
    async readAt(position) {
      if (isStart(position)) return undefined;
      let found: RecordedEvent | undefined;
      const read = () => client.readAll({ fromPosition: position, maxCount: 1, requiresLeader });
      try {
        await collect(read, (resolved) => {
          if (!resolved.event || comparePositions(positionOf(resolved), position) !== 0) return;
          found = toRecorded(resolved.event, position);
        });
      } catch (error) {
        if (!isBadPosition(error)) throw error;
      }
      return found;
    },
    async head(limitMs) {
      let fromPosition: Position | 'end' = 'end';
      for (;;) {
        const found: Resolved[] = [];
        const options = {
          direction: 'backwards',
          fromPosition,
          maxCount: fromPosition === 'end' ? 1 : HEAD_WINDOW,
          requiresLeader,
        } as const;
        const take = (resolved: Resolved) => void found.push(resolved);
        await collect(() => client.readAll(options), take, limitMs);
        const newest = found.find(({ event }) => event && isContent(event.streamId));
        if (newest) return positionOf(newest);
        const last = found.at(-1);
        if (!last) return START;
        fromPosition = positionOf(last);
      }
    },
    async quietUpTo(after, categories) {
      const matches = filterOf(categories);
      let position = after;
      for (;;) {
        const found = await scan(position, MIN_WINDOW);
        for (const resolved of found) {
          if (resolved.event && matches(resolved.event.streamId)) return position;
          position = positionOf(resolved);
        }
        if (found.length < MIN_WINDOW) return position;
      }
    },
  };
}

/** Calls `take` with each event of a read; throws when nothing arrives for `limitMs`. */
async function collectEvents(
  clock: Clock,
  limitMs: number,
  stream: ReadableEvents,
  take: (resolved: Resolved) => void,
): Promise<void> {
  const settled = new AbortController();
  let seen = 0;
  const reading = new Promise<void>((resolve, reject) => {
    // Never removed: the client keeps reporting errors of reads that were given up.
    stream.on('error', (error) => reject(describeFailure(error)));
    stream.on('end', resolve);
    stream.on('close', resolve);
    stream.on('data', (resolved) => {
      seen += 1;
      if (!settled.signal.aborted) take(resolved);
    });
  });
  const watch = async (): Promise<void> => {
    for (let before = -1; before !== seen;) {
      before = seen;
      await clock.sleep(limitMs, settled.signal);
      if (settled.signal.aborted) return;
    }
    throw new TimeLimitError(`expected a read to continue within ${limitMs} ms, found nothing`);
  };
  try {
    await Promise.race([reading, watch()]);
  } catch (error) {
    stream.cancel().catch(() => undefined);
    throw error;
  } finally {
    settled.abort();
  }
}
