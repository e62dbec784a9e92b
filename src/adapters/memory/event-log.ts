import type { NewEvent, RecordedEvent } from '../../domain/kernel/event.ts';
import { categoryOf } from '../../domain/kernel/names.ts';
import { comparePositions, type Position, START } from '../../domain/kernel/position.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  AllPage,
  AllRead,
  AppendOutcome,
  EventLog,
  ExpectedRevision,
  StreamRead,
} from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import { refusalOfSize, unavailable } from '../shared/append-outcomes.ts';
import { createWake, followLog } from '../shared/follow-log.ts';
import { frozenCopy } from './frozen-copy.ts';

const DEFAULT_LIMIT = 1_000;
const MAX_ALL_LIMIT = 20_000;

export interface MemoryEventLogOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Returns frozen events, not copies: cheaper, and changing one throws. */
  readonly frozenReads?: boolean;
}

export interface MemoryEventLog extends EventLog {
  /** All appended events in order, for checks from outside. */
  readonly recorded: readonly RecordedEvent[];
}

/** An event log without a disk, for tests and simulations. */
export function createMemoryEventLog({
  clock,
  ids,
  frozenReads = false,
}: MemoryEventLogOptions): MemoryEventLog {
  const logId = ids.uuid();
  const all: RecordedEvent[] = [];
  const streams = new Map<string, { index: number[]; ids: string[] }>();
  const wake = createWake();
  const closing = new AbortController();

  const eventAt = (index: number): RecordedEvent => {
    const event = all[index] as RecordedEvent;
    return frozenReads ? event : structuredClone(event);
  };

  function appendNow(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): AppendOutcome {
    const found = streams.get(stream);
    const actual = (found?.index.length ?? 0) - 1;
    const from = expected === 'no-stream' ? -1 : expected;
    if (actual !== from) {
      return (
        outcomeOfRepeat(found, from, events) ?? {
          outcome: 'conflict',
          actual: actual < 0 ? 'no-stream' : actual,
        }
      );
    }
    const recordedAt = new Date(clock.now()).toISOString();
    if (events.length === 0) {
      return { outcome: 'done', revision: actual, position: START };
    }
    const target = found ?? { index: [], ids: [] };
    if (!found) streams.set(stream, target);
    for (const event of events) {
      const revision = target.index.length;
      const position = Object.freeze(positionOf(all.length));
      const {
        id,
        type,
        data,
        metadata,
        recordedAt: firstRecordedAt = recordedAt,
      } = frozenCopy(event);
      const recorded = {
        id,
        type,
        data,
        metadata,
        stream,
        revision,
        recordedAt: firstRecordedAt,
        position,
      };
      target.index.push(all.length);
      target.ids.push(id);
      all.push(Object.freeze(recorded));
    }
    return {
      outcome: 'done',
      revision: from + events.length,
      position: positionOf(all.length - 1),
    };
  }

  function outcomeOfRepeat(
    found: { index: number[]; ids: string[] } | undefined,
    from: number,
    events: readonly NewEvent[],
  ): AppendOutcome | undefined {
    if (!found || events.length === 0) return undefined;
    if (!events.every((event, i) => found.ids[from + 1 + i] === event.id)) return undefined;
    const last = found.index[from + events.length] as number;
    return { outcome: 'done', revision: from + events.length, position: positionOf(last) };
  }

  function readAllNow(options: AllRead): AllPage {
    return options.direction === 'backwards' ? readBackwards(options) : readForwards(options);
  }

  function readBackwards({ after, categories, limit = DEFAULT_LIMIT }: AllRead): AllPage {
    const maxEvents = Math.min(limit, MAX_ALL_LIMIT);
    const events: RecordedEvent[] = [];
    let index = Math.min(Number(after.commit), all.length);
    while (index > 0 && events.length < maxEvents) {
      index -= 1;
      const event = eventAt(index);
      if (!categories || categories.includes(categoryOf(event.stream))) events.push(event);
    }
    return { events, position: index < 0 ? START : positionOf(index), atHead: index <= 0 };
  }

  function readForwards({ after, categories, limit = DEFAULT_LIMIT }: AllRead): AllPage {
    const maxEvents = Math.min(limit, MAX_ALL_LIMIT);
    const events: RecordedEvent[] = [];
    let index = Number(after.commit);
    while (index < all.length - 1 && events.length < maxEvents) {
      index += 1;
      const event = eventAt(index);
      if (!categories || categories.includes(categoryOf(event.stream))) events.push(event);
    }
    const position = index < 0 ? START : { commit: BigInt(index), prepare: BigInt(index) };
    return { events, position, atHead: index >= all.length - 1 };
  }

  function readStreamNow(stream: string, options: StreamRead): RecordedEvent[] {
    const { from, direction = 'forwards', limit = DEFAULT_LIMIT } = options;
    const index = streams.get(stream)?.index ?? [];
    const maxEvents = Math.min(limit, DEFAULT_LIMIT);
    const wanted =
      direction === 'forwards'
        ? index.slice(from ?? 0, (from ?? 0) + maxEvents)
        : index
            .slice(0, (from ?? index.length - 1) + 1)
            .reverse()
            .slice(0, maxEvents);
    return wanted.map(eventAt);
  }

  const log: MemoryEventLog = {
    recorded: all,
    logId: () => Promise.resolve(logId),
    append: async (stream, expected, events) => {
      const sizeBytes = events.reduce((sum, event) => sum + sizeOf(event), 0);
      if (closing.signal.aborted) return unavailable(new Error('the log is closed'));
      const refusal = refusalOfSize(sizeBytes);
      if (refusal) return refusal;
      const outcome = appendNow(stream, expected, events);
      if (outcome.outcome === 'done') wake.notify();
      return outcome;
    },
    readStream: async (stream, options = {}) => readStreamNow(stream, options),
    readAll: async (options) => readAllNow(options),
    readAt: async (position) => {
      const index = Number(position.commit);
      if (index < 0 || index >= all.length) return undefined;
      const event = eventAt(index);
      return comparePositions(event.position, position) === 0 ? event : undefined;
    },
    countAfter: async ({ commit }) => Math.max(0, all.length - 1 - Number(commit)),
    head: async () =>
      readAllNow({ after: { commit: BigInt(all.length - 1), prepare: 0n } }).position,
    subscribe: (options) =>
      followLog(log, wake, {
        ...options,
        signal: AbortSignal.any([options.signal, closing.signal]),
      }),
    ping: async () => {
      if (closing.signal.aborted) throw new Error('the log is closed');
    },
    close: async () => {
      closing.abort();
    },
  };
  return log;
}

function sizeOf({ data, metadata }: NewEvent): number {
  return Buffer.byteLength(JSON.stringify(data)) + Buffer.byteLength(JSON.stringify(metadata));
}

function positionOf(index: number): Position {
  return { commit: BigInt(index), prepare: BigInt(index) };
}
