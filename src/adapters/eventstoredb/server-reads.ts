import type { EventStoreDBClient } from '@eventstore/db-client';

import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StreamRead } from '../../ports/event-log.ts';
import { describeFailure, isBadPosition, typeOf } from './failures.ts';
import { isStart, positionOf, type Resolved } from './recorded.ts';
import { TimeLimitError } from './time-limits.ts';

const DEFAULT_LIMIT = 1_000;
const MAX_STREAM_LIMIT = 1_000;
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
export interface ReadableEvents {
  on(event: 'data', listener: (resolved: Resolved) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  cancel(): Promise<void>;
}

/**
 * What the server holds, under the server's names. Each read throws a TimeLimitError when nothing
 * arrives for `readMs`.
 */
export interface ServerReads {
  /** Empty when there is no such stream or no such revision. */
  stream(name: string, options: StreamRead): Promise<Resolved[]>;
  /** All events after a position, at most `maxCount` of them. */
  after(position: Position, maxCount: number): Promise<Resolved[]>;
  /** All events before a position, or from the newest one on, the latest first. */
  backwards(from: Position | 'end', maxCount: number, limitMs?: number): Promise<Resolved[]>;
  /** The event at exactly this position. */
  at(position: Position): Promise<Resolved | undefined>;
}

export function createServerReads(
  client: EventStoreDBClient,
  clock: Clock,
  readMs: number,
): ServerReads {
  /** Retries when the node is not the leader any more: the client then connects to the leader. */
  async function collect(open: () => ReadableEvents, limitMs = readMs): Promise<Resolved[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await collectEvents(clock, limitMs, open());
      } catch (error) {
        if (typeOf(error) !== 'not-leader' || attempt === MAX_LEADERS) throw error;
        await clock.sleep(RECONNECT_MS);
      }
    }
  }

  return {
    async stream(name, { from, direction = 'forwards', limit = DEFAULT_LIMIT }) {
      const edge = direction === 'backwards' ? ('end' as const) : ('start' as const);
      const fromRevision = from === undefined ? edge : BigInt(from);
      const maxCount = Math.min(limit, MAX_STREAM_LIMIT);
      const options = { direction, fromRevision, maxCount, requiresLeader } as const;
      try {
        return await collect(() => client.readStream(name, options));
      } catch (error) {
        if (typeOf(error) === 'stream-not-found') return [];
        throw error;
      }
    },
    async after(position, maxCount) {
      const fromPosition = isStart(position) ? ('start' as const) : position;
      // This read is inclusive, so it returns the event at the position too.
      const count = fromPosition === 'start' ? maxCount : maxCount + 1;
      const options = { fromPosition, maxCount: count, requiresLeader } as const;
      const found = await collect(() => client.readAll(options));
      return found.filter((each) => comparePositions(positionOf(each), position) > 0);
    },
    backwards(fromPosition, maxCount, limitMs) {
      const options = { direction: 'backwards', fromPosition, maxCount, requiresLeader } as const;
      return collect(() => client.readAll(options), limitMs);
    },
    async at(position) {
      if (isStart(position)) return undefined;
      const options = { fromPosition: position, maxCount: 1, requiresLeader };
      try {
        const [found] = await collect(() => client.readAll(options));
        return found && comparePositions(positionOf(found), position) === 0 ? found : undefined;
      } catch (error) {
        if (isBadPosition(error)) return undefined;
        throw error;
      }
    },
  };
}

/**
 * All events of a read; throws when nothing arrives for `limitMs`. Its listeners only collect: what
 * one throws would end the instance.
 */
export async function collectEvents(
  clock: Clock,
  limitMs: number,
  stream: ReadableEvents,
): Promise<Resolved[]> {
  const settled = new AbortController();
  const found: Resolved[] = [];
  const reading = new Promise<void>((resolve, reject) => {
    // Never removed: the client keeps reporting errors of reads that were abandoned.
    stream.on('error', (error) => reject(describeFailure(error)));
    stream.on('end', resolve);
    stream.on('close', resolve);
    stream.on('data', (resolved) => {
      if (!settled.signal.aborted) found.push(resolved);
    });
  });
  const watch = async (): Promise<void> => {
    for (let before = -1; before !== found.length;) {
      before = found.length;
      await clock.sleep(limitMs, settled.signal);
      if (settled.signal.aborted) return;
    }
    throw new TimeLimitError(`expected a read to continue within ${limitMs} ms, found nothing`);
  };
  try {
    await Promise.race([reading, watch()]);
    return found;
  } catch (error) {
    stream.cancel().catch(() => undefined);
    throw error;
  } finally {
    settled.abort();
  }
}
