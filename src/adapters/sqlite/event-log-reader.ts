import { comparePositions } from '../../domain/kernel/position.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { createWake, followLog } from '../shared/follow-log.ts';
import { openDatabase } from './database.ts';
import { createReads } from './event-log-reads.ts';
import { readMeta } from './event-log-schema.ts';
import { positionOf } from './event-rows.ts';

export interface SqliteEventLogReaderOptions {
  readonly path: string;
  /** Passes an append to the only writer of the file. */
  readonly append: EventLog['append'];
}

/** The log of another thread of this instance, read over a separate connection. */
export interface SqliteEventLogReader {
  readonly log: EventLog;
  /** Call after the writer committed: wakes the subscribers. */
  readonly notifyAppended: () => void;
}

/**
 * Reads a log that its writer has opened already; the write-ahead log lets both work concurrently.
 */
export function openSqliteEventLogReader({
  path,
  append,
}: SqliteEventLogReaderOptions): SqliteEventLogReader {
  const db = openDatabase(path, 'full', 'reading');
  const logId = readMeta(db).get('log_id') as string;
  const reads = createReads(db);
  const wake = createWake();
  const closing = new AbortController();

  const log: EventLog = {
    logId: () => Promise.resolve(logId),
    append,
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
      if (closing.signal.aborted) throw new Error('the log is closed');
      reads.head();
    },
    close: async () => {
      if (closing.signal.aborted) return;
      closing.abort();
      db.close();
    },
  };
  return {
    log,
    notifyAppended: () => {
      wake.notify();
    },
  };
}
