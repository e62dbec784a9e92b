import { EventStoreDBClient } from '@eventstore/db-client';

import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import { unavailable } from '../shared/append-outcomes.ts';
import { createReads } from './event-log-reads.ts';
import { followServer } from './event-log-subscription.ts';
import { createWrites } from './event-log-writes.ts';
import { createLogName } from './log-name.ts';
import { DEFAULT_TIMEOUTS, type EventStoreDbTimeouts, withinTimeout } from './time-limits.ts';
import { acquireWriter } from './writer.ts';

export interface EventStoreDbLogOptions {
  /** In the format of the EventStoreDB clients: `esdb://...`, with nodes, credentials, TLS. */
  readonly connectionString: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly timeouts?: Partial<EventStoreDbTimeouts>;
}

/**
 * The event log on an EventStoreDB server or cluster. Nothing is sent before the first call, so an
 * instance starts although the server is down.
 *
 * Appends have a separate connection: a failed read or subscription never makes the outcome of an
 * append unknown.
 * @throws Error when the connection string is not valid.
 */
export function openEventStoreDbLog(options: EventStoreDbLogOptions): EventLog {
  const { connectionString, clock, ids, logger } = options;
  assertFailuresThrow(connectionString);
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const reader = EventStoreDBClient.connectionString(connectionString);
  const writer = acquireWriter(connectionString);
  const reads = createReads(reader, clock, timeouts.readMs);
  const writes = createWrites({ writer, reads, clock, logger, appendMs: timeouts.appendMs });
  const logName = createLogName(reads, writes, ids);
  const closing = new AbortController();
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    closing.abort();
    await writes.settled();
    writer.release();
    const disposed = reader.dispose();
    try {
      await withinTimeout(clock, timeouts.readMs, 'the reading connection to end', disposed);
    } catch (error) {
      logger.warn({ error }, 'EventStoreDB did not respond to the shutdown; closing anyway');
    }
  }

  return {
    logId: () => logName.read(),
    append(stream, expected, events) {
      if (closing.signal.aborted)
        return Promise.resolve(unavailable(new Error('the log is closed')));
      return writes.append(stream, expected, events);
    },
    readStream: (stream, streamRead = {}) => reads.readStream(stream, streamRead),
    readAll: (allRead) => reads.readAll(allRead),
    readAt: (position) => reads.readAt(position),
    head: () => reads.head(),
    async *subscribe(subscribeOptions) {
      const signal = AbortSignal.any([subscribeOptions.signal, closing.signal]);
      const { stallTimeoutMs } = timeouts;
      try {
        yield* followServer(reader, reads, clock, { ...subscribeOptions, signal, stallTimeoutMs });
      } catch (error) {
        // The end of a connection that was closed here is not a failure.
        if (!signal.aborted) throw error;
      }
    },
    async ping() {
      if (closing.signal.aborted) throw new Error('the log is closed');
      const { pingMs } = timeouts;
      await withinTimeout(clock, pingMs, 'EventStoreDB to respond', reads.head(pingMs));
    },
    close: () => (closed ??= close()),
  };
}

/** With throwOnAppendFailure=false the client reports conflicts as successes. */
function assertFailuresThrow(connectionString: string): void {
  if (!/throw_?-?on_?-?append_?-?failure=false/i.test(connectionString)) return;
  throw new Error('expected a connection string without throwOnAppendFailure=false');
}
