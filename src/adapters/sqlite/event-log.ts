import type { NewEvent } from '../../domain/kernel/event.ts';
import { comparePositions } from '../../domain/kernel/position.ts';
import type { Channel } from '../../ports/channel.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  MAX_APPEND_BYTES,
  type AppendOutcome,
  type EventLog,
  type ExpectedRevision,
} from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import { createWake, followLog } from '../shared/follow-log.ts';
import { type Database, openDatabase } from './database.ts';
import { createReads, positionOf } from './event-log-reads.ts';
import { createEventLogSchema } from './event-log-schema.ts';
import type { SerialisedAppend } from './event-log-writes.ts';
import { createThreadedWriter, createLocalWriter } from './log-writer.ts';

/** Appends that may wait for a commit; one more is refused as `failed`, retryable. */
const MAX_QUEUED_APPENDS = 10_000;

export interface SqliteEventLogOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Called after a commit that may have stored something. */
  readonly onCommit?: () => void;
  /** To a thread that serves as the log's writer; without one this thread commits. */
  readonly writer?: Channel;
}

interface Queued {
  readonly append: SerialisedAppend;
  readonly answer: (outcome: AppendOutcome) => void;
}

/**
 * The embedded event log: one SQLite file, WAL, synchronous FULL. The caller holds the data
 * folder's lock, so this process is the only writer.
 *
 * Appends that arrive in one turn of the event loop share one transaction and one fsync. Nobody
 * is answered, and no subscriber woken, before that transaction has been committed.
 */
export function openSqliteEventLog(options: SqliteEventLogOptions): EventLog {
  const { path, clock, ids, onCommit } = options;
  const db = openDatabase(path, 'full', options.writer ? 'reading' : 'writing');
  const logId = prepareSchema(db, ids);
  const reads = createReads(db);
  const writer = options.writer
    ? createThreadedWriter(options.writer, path)
    : createLocalWriter(db, clock);
  const wake = createWake();
  const closing = new AbortController();
  const queue: Queued[] = [];
  const writing = new Set<Promise<void>>();
  let unanswered = 0;
  let scheduled = false;

  function sendGroup(): void {
    const group = queue.splice(0, writer.most);
    if (group.length === 0) return;
    const written = write(group).finally(() => writing.delete(written));
    writing.add(written);
  }

  async function write(group: readonly Queued[]): Promise<void> {
    const outcomes = await writer.write(group.map(({ append }) => append));
    unanswered -= group.length;
    group.forEach(({ answer }, i) => {
      answer(outcomes[i] as AppendOutcome);
    });
    if (outcomes.every(({ outcome }) => outcome === 'conflict')) return;
    wake.notify();
    onCommit?.();
  }

  function flush(): void {
    scheduled = false;
    sendGroup();
    if (queue.length > 0) schedule();
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  }

  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    while (queue.length > 0) flush();
    closing.abort();
    await Promise.all([...writing]);
    await writer.close();
    db.close();
  }

  const log: EventLog = {
    logId: () => Promise.resolve(logId),
    append(stream, expected, events) {
      if (closing.signal.aborted) return Promise.resolve(unavailable('the log is closed'));
      if (unanswered >= MAX_QUEUED_APPENDS) {
        return Promise.resolve(unavailable(`${MAX_QUEUED_APPENDS} appends are waiting already`));
      }
      const append = serialise(stream, expected, events);
      if ('outcome' in append) return Promise.resolve(append);
      return new Promise((answer) => {
        unanswered += 1;
        queue.push({ append, answer });
        if (queue.length >= writer.handOverAt) flush();
        else schedule();
      });
    },
    readStream: async (stream, options = {}) => reads.readStream(stream, options),
    readAll: async (options) => reads.readAll(options),
    readAt: async (position) => {
      const event = reads.readAt(Number(position.commit));
      return event && comparePositions(event.position, position) === 0 ? event : undefined;
    },
    head: async () => positionOf(reads.head()),
    subscribe: (options) =>
      followLog(log, wake, {
        ...options,
        signal: AbortSignal.any([options.signal, closing.signal]),
      }),
    ping: async () => {
      // Prepared statements go on working after a close: only this tells.
      if (closing.signal.aborted) throw new Error('the log is closed');
      reads.head();
    },
    close: () => (closed ??= close()),
  };
  return log;
}

function prepareSchema(db: Database, ids: Ids): string {
  try {
    return createEventLogSchema(db, () => ids.uuid());
  } catch (error) {
    db.close();
    throw error;
  }
}

function unavailable(message: string): AppendOutcome {
  return {
    outcome: 'failed',
    reason: 'unavailable',
    retryable: true,
    error: new Error(message),
  };
}

function serialise(
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): SerialisedAppend | AppendOutcome {
  let sizeBytes = 0;
  const serialised = events.map((event) => {
    const data = JSON.stringify(event.data);
    const metadata = JSON.stringify(event.metadata);
    sizeBytes += Buffer.byteLength(data) + Buffer.byteLength(metadata);
    const { id, type, recordedAt } = event;
    return { id, type, data, metadata, recordedAt };
  });
  if (sizeBytes > MAX_APPEND_BYTES) {
    return {
      outcome: 'failed',
      reason: 'too-large',
      retryable: false,
      error: new Error(
        `expected at most ${MAX_APPEND_BYTES} bytes in one append, found ${sizeBytes}`,
      ),
    };
  }
  return { stream, expected, events: serialised };
}
