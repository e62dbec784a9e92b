import { EventStoreDBClient } from '@eventstore/db-client';

import type { Clock } from '../../ports/clock.ts';
import type { EventLog, SubscribeOptions, SubscriptionMessage } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import { unavailable } from '../shared/append-outcomes.ts';
import { type ContentReport, examineContent } from './content-report.ts';
import { createEventCounter } from './event-counter.ts';
import { createReads } from './event-log-reads.ts';
import { followServer } from './event-log-subscription.ts';
import { createWrites } from './event-log-writes.ts';
import { followShared } from './follow-shared.ts';
import { createNamespaceFinder, DEFAULT_NAMESPACE } from './namespace.ts';
import { createServerReads } from './server-reads.ts';
import { createSharedSubscription } from './shared-subscription.ts';
import { DEFAULT_TIMEOUTS, type EventStoreDbTimeouts, withinTimeout } from './time-limits.ts';
import { acquireWriter } from './writer.ts';

export interface EventStoreDbLogOptions {
  /** In the format of the EventStoreDB clients: `esdb://...`, with nodes, credentials, TLS. */
  readonly connectionString: string;
  /** Begins the server's name of each stream. Default `tillstream`. */
  readonly namespace?: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly timeouts?: Partial<EventStoreDbTimeouts>;
}

/** A log that may share its server with other applications, whose events it never shows. */
export interface EventStoreDbLog extends EventLog {
  /** Counts the newest events of the server by origin. */
  examineContent(): Promise<ContentReport>;
}

/**
 * The event log on an EventStoreDB server or cluster. Nothing is sent before the first call, so an
 * instance starts although the server is down.
 *
 * Appends have a separate connection: a failed read or subscription never makes the outcome of an
 * append unknown.
 * @throws Error when the connection string or the namespace is not valid.
 */
export function openEventStoreDbLog(options: EventStoreDbLogOptions): EventStoreDbLog {
  const { connectionString, clock, ids, logger, namespace = DEFAULT_NAMESPACE } = options;
  assertFailuresThrow(connectionString);
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const reader = EventStoreDBClient.connectionString(connectionString);
  const server = createServerReads(reader, clock, timeouts.readMs);
  const findNamespace = createNamespaceFinder(server, namespace);
  const writer = acquireWriter(connectionString);
  const reads = createReads(server, findNamespace);
  const counter = createEventCounter(reads);
  const { appendMs } = timeouts;
  const writes = createWrites({ writer, reads, findNamespace, clock, ids, logger, appendMs });
  const closing = new AbortController();
  let closed: Promise<void> | undefined;

  /** One subscription of the server. */
  async function* followAlone(
    subscribeOptions: SubscribeOptions,
  ): AsyncGenerator<SubscriptionMessage> {
    const { stallTimeoutMs } = timeouts;
    const followOptions = { ...subscribeOptions, stallTimeoutMs };
    yield* followServer(reader, reads, await findNamespace(), clock, followOptions);
  }

  const shared = createSharedSubscription((after, signal) =>
    followAlone({ after, signal: AbortSignal.any([signal, closing.signal]) }),
  );

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
    logId: () => writes.logName.read(),
    append(stream, expected, events) {
      if (closing.signal.aborted)
        return Promise.resolve(unavailable(new Error('the log is closed')));
      return writes.append(stream, expected, events);
    },
    readStream: (stream, streamRead = {}) => reads.readStream(stream, streamRead),
    readAll: (allRead) => reads.readAll(allRead),
    readAt: (position) => reads.readAt(position),
    countAfter: (position) => counter.countAfter(position),
    head: () => reads.head(),
    async *subscribe(subscribeOptions) {
      const signal = AbortSignal.any([subscribeOptions.signal, closing.signal]);
      const { quietUpTo } = reads;
      const subscriber = shared.enter();
      const options = { ...subscribeOptions, signal, subscriber, followAlone, quietUpTo };
      try {
        yield* followShared(options);
      } catch (error) {
        // The end of a connection that was closed here is not a failure.
        if (!signal.aborted) throw error;
      }
    },
    async ping() {
      if (closing.signal.aborted) throw new Error('the log is closed');
      const { pingMs } = timeouts;
      const newest = server.backwards('end', 1, pingMs);
      await withinTimeout(clock, pingMs, 'EventStoreDB to respond', newest);
    },
    examineContent: async () => examineContent(server, await findNamespace()),
    close: () => (closed ??= close()),
  };
}

/** With throwOnAppendFailure=false the client reports conflicts as successes. */
function assertFailuresThrow(connectionString: string): void {
  if (!/throw_?-?on_?-?append_?-?failure=false/i.test(connectionString)) return;
  throw new Error('expected a connection string without throwOnAppendFailure=false');
}
