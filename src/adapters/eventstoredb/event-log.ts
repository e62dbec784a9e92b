import { EventStoreDBClient } from '@eventstore/db-client';

import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import { createReads } from './event-log-reads.ts';
import { followServer } from './event-log-subscription.ts';
import { createWrites, unavailable } from './event-log-writes.ts';
import { createLogName } from './log-name.ts';
import { DEFAULT_TIMEOUTS, type EventStoreDbTimeouts, within } from './time-limits.ts';
import { acquireWriter } from './writer.ts';

export interface EventStoreDbLogOptions {
  /** As EventStoreDB's clients take it: `esdb://...`, with nodes, credentials and TLS settings. */
  readonly connectionString: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly timeouts?: Partial<EventStoreDbTimeouts>;
}

/**
 * The event log on an EventStoreDB server or cluster. Nothing is sent before the first call, so
 * that a server that is down does not keep the process from starting.
 *
 * Appends have a connection of their own: what befalls reads and subscriptions does not make the
 * outcome of an append unknown.
 *
 * Throws when the connection string is not valid.
 */
export function openEventStoreDbLog(options: EventStoreDbLogOptions): EventLog {
  const { connectionString, clock, ids, logger } = options;
  refuseSilentFailures(connectionString);
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
    await within(clock, timeouts.readMs, 'the reading connection to end', reader.dispose()).catch(
      (error: unknown) => logger.warn({ error }, 'the event log was left without an answer'),
    );
  }

  return {
    logId: () => logName.read(),
    append(stream, expected, events) {
      if (closing.signal.aborted) return Promise.resolve(unavailable('the log is closed'));
      return writes.append(stream, expected, events);
    },
    readStream: (stream, streamRead = {}) => reads.readStream(stream, streamRead),
    readAll: (allRead) => reads.readAll(allRead),
    readAt: (position) => reads.readAt(position),
    head: () => reads.head(),
    async *subscribe(subscribeOptions) {
      const signal = AbortSignal.any([subscribeOptions.signal, closing.signal]);
      const { silenceMs } = timeouts;
      try {
        yield* followServer(reader, reads, clock, { ...subscribeOptions, signal, silenceMs });
      } catch (error) {
        // A connection that ends because it was closed here is no failure.
        if (!signal.aborted) throw error;
      }
    },
    async ping() {
      if (closing.signal.aborted) throw new Error('the log is closed');
      await within(clock, timeouts.pingMs, 'EventStoreDB to answer', reads.head(timeouts.pingMs));
    },
    close: () => (closed ??= close()),
  };
}

/** With that option the client answers conflicts as successes with a wrong revision. */
function refuseSilentFailures(connectionString: string): void {
  if (!/throw_?-?on_?-?append_?-?failure=false/i.test(connectionString)) return;
  throw new Error('expected a connection string without throwOnAppendFailure=false');
}
