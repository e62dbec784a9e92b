import type { EventStoreDBClient } from '@eventstore/db-client';

import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { categoryOf } from '../../domain/kernel/names.ts';
import { START, comparePositions, type Position } from '../../domain/kernel/position.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AllPage, AllRead, StreamRead } from '../../ports/event-log.ts';
import { describeFailure, isBadPosition, typeOf } from './failures.ts';
import { isContent, isStart, placeOf, type Resolved, toRecorded } from './recorded.ts';
import { TimeLimitError } from './time-limits.ts';

const DEFAULT_LIMIT = 1_000;
const MAX_STREAM_LIMIT = 1_000;
const MAX_ALL_LIMIT = 20_000;
/** The client cannot filter a read, so for few or rare events at least so many are looked at. */
const MIN_WINDOW = 500;
/** How many events before the head are looked at together for one that is content. */
const HEAD_WINDOW = 32;
/**
 * A node that follows shows what was acknowledged a moment later. Whoever looked there for the
 * event of a checkpoint would take the log for another one.
 */
const requiresLeader = true;
/** One read asks so many nodes at most, each named by the one before. */
const MAX_LEADERS = 3;
/** The client needs a moment to turn to the node that was named. */
const RECONNECTED_MS = 10;

/** The part of the client's streams that is used; its types differ from read to read. */
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
  /** How far the log holds nothing of these categories, looking on from a position. */
  quietUpTo(after: Position, categories: readonly string[] | undefined): Promise<Position>;
}

/** Plain reads. Each throws when the server is silent for `readMs`. */
export function createReads(
  client: EventStoreDBClient,
  clock: Clock,
  readMs: number,
): EventLogReads {
  /** Reads again when the node no longer leads: the client then goes to the one that does. */
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
        await clock.sleep(RECONNECTED_MS);
      }
    }
  }

  /** Everything after a position, the server's own events included, at most `window` of it. */
  async function scan(after: Position, window: number): Promise<Resolved[]> {
    const found: Resolved[] = [];
    const fromPosition = isStart(after) ? 'start' : after;
    // The position is read again with the rest: this read is inclusive.
    const maxCount = fromPosition === 'start' ? window : window + 1;
    const read = () => client.readAll({ fromPosition, maxCount, requiresLeader });
    await collect(read, (resolved) => {
      if (resolved.event && comparePositions(placeOf(resolved), after) > 0) found.push(resolved);
    });
    return found;
  }

  function filterOf(categories: readonly string[] | undefined): (stream: string) => boolean {
    const wanted = categories && new Set(categories);
    return (stream) => isContent(stream) && (!wanted || wanted.has(categoryOf(stream)));
  }

  async function readAll({ after, categories, limit = DEFAULT_LIMIT }: AllRead): Promise<AllPage> {
    const most = Math.min(limit, MAX_ALL_LIMIT);
    const window = Math.max(most + 1, MIN_WINDOW);
    const matches = filterOf(categories);
    const found = await scan(after, window);
    const events: RecordedEvent[] = [];
    let position = after;
    for (const resolved of found) {
      const { event } = resolved;
      if (!event) continue;
      if (events.length >= most && isContent(event.streamId)) {
        return { events, position, atHead: false };
      }
      position = placeOf(resolved);
      if (matches(event.streamId)) events.push(toRecorded(event, position));
    }
    // A full window may end before the log does, a shorter one is all there was.
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
          if (resolved.event) events.push(toRecorded(resolved.event, placeOf(resolved)));
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
          if (!resolved.event || comparePositions(placeOf(resolved), position) !== 0) return;
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
        if (newest) return placeOf(newest);
        const last = found.at(-1);
        if (!last) return START;
        fromPosition = placeOf(last);
      }
    },
    async quietUpTo(after, categories) {
      const matches = filterOf(categories);
      let position = after;
      for (;;) {
        const found = await scan(position, MIN_WINDOW);
        for (const resolved of found) {
          if (resolved.event && matches(resolved.event.streamId)) return position;
          position = placeOf(resolved);
        }
        if (found.length < MIN_WINDOW) return position;
      }
    },
  };
}

/** Hands out what a read brings until it ends; throws when nothing comes for `limitMs`. */
async function collectEvents(
  clock: Clock,
  limitMs: number,
  stream: ReadableEvents,
  take: (resolved: Resolved) => void,
): Promise<void> {
  const over = new AbortController();
  let seen = 0;
  const reading = new Promise<void>((resolve, reject) => {
    // Stays for good: the client goes on reporting errors of reads that were given up.
    stream.on('error', (error) => reject(describeFailure(error)));
    stream.on('end', resolve);
    stream.on('close', resolve);
    stream.on('data', (resolved) => {
      seen += 1;
      if (!over.signal.aborted) take(resolved);
    });
  });
  const watch = async (): Promise<void> => {
    for (let before = -1; before !== seen;) {
      before = seen;
      await clock.sleep(limitMs, over.signal);
      if (over.signal.aborted) return;
    }
    throw new TimeLimitError(`expected a read to go on within ${limitMs} ms, found silence`);
  };
  try {
    await Promise.race([reading, watch()]);
  } catch (error) {
    stream.cancel().catch(() => undefined);
    throw error;
  } finally {
    over.abort();
  }
}
