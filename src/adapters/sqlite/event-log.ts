import { statSync } from 'node:fs';

import type { NewEvent } from '../../domain/kernel/event.ts';
import { comparePositions } from '../../domain/kernel/position.ts';
import type { Channel } from '../../ports/channel.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AppendOutcome, EventLog, ExpectedRevision } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import { refusalOfSize, unavailable } from '../shared/append-outcomes.ts';
import { withFileName } from '../shared/file-errors.ts';
import { createWake, followLog } from '../shared/follow-log.ts';
import { type Database, openDatabase } from './database.ts';
import { createReads } from './event-log-reads.ts';
import { createEventLogSchema } from './event-log-schema.ts';
import type { SerialisedAppend } from './event-log-writes.ts';
import { positionOf } from './event-rows.ts';
import { createLocalWriter, createThreadedWriter } from './log-writer.ts';

/** Appends that may wait for a commit; one more is rejected as `failed`, retryable. */
const MAX_QUEUED_APPENDS = 10_000;

export interface SqliteEventLogOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Called after a commit that may have stored something. */
  readonly onCommit?: () => void;
  /** To the thread that writes the log; without it this thread commits. */
  readonly writer?: Channel;
}

interface Queued {
  readonly append: SerialisedAppend;
  readonly resolve: (outcome: AppendOutcome) => void;
}

/**
 * The embedded event log: one SQLite file, WAL, synchronous FULL. The caller holds the data
 * folder's lock, so this instance is the only writer.
 *
 * Appends that arrive in one turn of the event loop share one transaction and one fsync. No caller
 * gets an outcome, and no subscriber is woken, before that transaction is committed.
 */
export function openSqliteEventLog(options: SqliteEventLogOptions): EventLog {
  const { path, clock, ids, onCommit } = options;
  const db = openDatabase(path, 'full', options.writer ? 'reading' : 'writing');
  const logId = prepareSchema(db, path, ids);
  const inode = inodeOf(path);
  const reads = createReads(db);
  const writer = options.writer
    ? createThreadedWriter(options.writer, path)
    : createLocalWriter(db, clock, path);
  const wake = createWake();
  const closing = new AbortController();
  const queue: Queued[] = [];
  const writing = new Set<Promise<void>>();
  let unsettled = 0;
  let scheduled = false;

  function sendGroup(): void {
    const group = queue.splice(0, writer.maxGroup);
    if (group.length === 0) return;
    const written = write(group).finally(() => writing.delete(written));
    writing.add(written);
  }

  async function write(group: readonly Queued[]): Promise<void> {
    const outcomes = await writeOrUnknown(group);
    unsettled -= group.length;
    group.forEach(({ resolve }, i) => {
      resolve(outcomes[i] as AppendOutcome);
    });
    if (outcomes.every(({ outcome }) => outcome === 'conflict')) return;
    wake.notify();
    onCommit?.();
  }

  /** An error that the writer throws leaves open what was stored. */
  async function writeOrUnknown(group: readonly Queued[]): Promise<readonly AppendOutcome[]> {
    try {
      return await writer.write(group.map(({ append }) => append));
    } catch (raised) {
      const error = raised instanceof Error ? raised : new Error(String(raised));
      return group.map(() => ({ outcome: 'unknown', error }));
    }
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
      if (closing.signal.aborted) return Promise.resolve(closedLog());
      if (unsettled >= MAX_QUEUED_APPENDS) {
        const error = new Error(`${MAX_QUEUED_APPENDS} appends are waiting already`);
        return Promise.resolve(unavailable(error));
      }
      const append = serialise(stream, expected, events);
      if ('outcome' in append) return Promise.resolve(append);
      return new Promise((resolve) => {
        unsettled += 1;
        queue.push({ append, resolve });
        if (queue.length >= writer.flushAt) flush();
        else schedule();
      });
    },
    readStream: async (stream, options = {}) => reads.readStream(stream, options),
    readAll: async (options) => reads.readAll(options),
    readAt: async (position) => {
      const event = reads.readAt(Number(position.commit));
      return event && comparePositions(event.position, position) === 0 ? event : undefined;
    },
    countAfter: async ({ commit }) => reads.countAfter(Number(commit)),
    head: async () => positionOf(reads.head()),
    subscribe: (options) =>
      followLog(log, wake, {
        ...options,
        signal: AbortSignal.any([options.signal, closing.signal]),
      }),
    ping: async () => {
      // Prepared statements keep working after a close, so only this flag shows it.
      if (closing.signal.aborted) throw new Error('the log is closed');
      // An open file that was removed still works, and is gone after the next stop.
      if (inodeOf(path) !== inode) throw new Error(`${path} was moved or removed while in use`);
      reads.head();
    },
    close: () => (closed ??= close()),
  };
  return log;
}

function prepareSchema(db: Database, path: string, ids: Ids): string {
  try {
    return createEventLogSchema(db, () => ids.uuid());
  } catch (error) {
    db.close();
    throw withFileName(path, error);
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function closedLog(): AppendOutcome {
  return unavailable(new Error('the log is closed'));
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
  return refusalOfSize(sizeBytes) ?? { stream, expected, events: serialised };
}
