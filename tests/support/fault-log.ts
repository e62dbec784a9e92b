import type { RecordedEvent } from '../../src/domain/kernel/event.ts';
import { type Position, START } from '../../src/domain/kernel/position.ts';
import type { EventLog, SubscriptionMessage } from '../../src/ports/event-log.ts';

/** Returns the messages that a subscription delivers instead of a message. */
export type Rewrite = (message: SubscriptionMessage) => readonly SubscriptionMessage[];

export interface FaultLog extends EventLog {
  /** Replaces the underlying log, as when an older copy is restored. */
  replace(inner: EventLog): void;
  /** Rewrites what subscriptions deliver; undefined delivers everything again. */
  rewrite: Rewrite | undefined;
  /** Ends the running subscription, with or without an error. */
  breakSubscription(how: 'error' | 'end'): void;
  /** The next subscriptions start so many positions too early. */
  rewind: number;
  /** From now on the running subscription delivers nothing, and neither ends nor fails. */
  silence(): void;
  /** The next calls of a method fail. */
  failNext(method: 'readAll' | 'readStream' | 'append' | 'readAt', times?: number): void;
  /** The start position of each subscription. */
  readonly subscribedAfter: readonly bigint[];
  /** Number of reads so far. */
  readAlls: number;
  readStreams: number;
}

/** A log with a bad connection. Reads are correct; subscriptions can be distorted. */
export function createFaultLog(first: EventLog): FaultLog {
  let inner = first;
  let breaking = new AbortController();
  let broken: 'error' | 'end' = 'error';
  let silent = false;
  const subscribedAfter: bigint[] = [];
  const failures = new Map<string, number>();

  function failIfRequested(method: string): void {
    const left = failures.get(method) ?? 0;
    if (left === 0) return;
    failures.set(method, left - 1);
    throw new Error(`the event log fails ${method}`);
  }

  const log: FaultLog = {
    logId: () => inner.logId(),
    async append(stream, expected, events) {
      try {
        failIfRequested('append');
      } catch (error) {
        return { outcome: 'unknown', error: error as Error };
      }
      return inner.append(stream, expected, events);
    },
    async readStream(stream, options) {
      failIfRequested('readStream');
      log.readStreams += 1;
      return inner.readStream(stream, options);
    },
    async readAll(options) {
      failIfRequested('readAll');
      log.readAlls += 1;
      return inner.readAll(options);
    },
    async readAt(position) {
      failIfRequested('readAt');
      return inner.readAt(position);
    },
    countAfter: (position) => inner.countAfter(position),
    head: () => inner.head(),
    async *subscribe(options) {
      breaking = new AbortController();
      silent = false;
      const connection = breaking.signal;
      const after = earlier(options.after, log.rewind);
      subscribedAfter.push(after.commit);
      const signal = AbortSignal.any([options.signal, connection]);
      for await (const message of inner.subscribe({ ...options, after, signal })) {
        if (silent) {
          await aborted(signal);
          break;
        }
        for (const bent of log.rewrite?.(message) ?? [message]) {
          if (bent.kind !== 'events' || bent.events.length > 0) yield bent;
        }
      }
      if (connection.aborted && broken === 'error') throw new Error('the connection is lost');
    },
    ping: () => inner.ping(),
    close: () => inner.close(),
    replace(other) {
      inner = other;
    },
    rewrite: undefined,
    breakSubscription(how) {
      broken = how;
      breaking.abort();
    },
    rewind: 0,
    silence() {
      silent = true;
    },
    failNext(method, times = 1) {
      failures.set(method, times);
    },
    subscribedAfter,
    readAlls: 0,
    readStreams: 0,
  };
  return log;
}

/** Only for logs with consecutive positions, such as the memory log. */
function earlier({ commit, prepare }: Position, count: number): Position {
  const step = BigInt(count);
  return commit < step ? START : { commit: commit - step, prepare: prepare - step };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Drops some events, each of them `times` times. */
export function hiding(isHidden: (event: RecordedEvent) => boolean, times = 1): Rewrite {
  const hidden = new Map<string, number>();
  return (message) => {
    if (message.kind !== 'events') return [message];
    const events = message.events.filter((event) => {
      const count = hidden.get(event.id) ?? 0;
      if (count >= times || !isHidden(event)) return true;
      hidden.set(event.id, count + 1);
      return false;
    });
    return [{ kind: 'events', events }];
  };
}

/** Delivers each message twice, and each event of it twice in a row the second time. */
export const doubling: Rewrite = (message) =>
  message.kind === 'events'
    ? [message, { kind: 'events', events: message.events.flatMap((event) => [event, event]) }]
    : [message, message];

/** A log with the id of another one and only its first events: an older copy. */
export async function copyInto(
  empty: EventLog,
  source: EventLog,
  count: number,
): Promise<EventLog> {
  const logId = await source.logId();
  const { events } = await source.readAll({ after: START, limit: count });
  for (const { stream, revision, id, type, data, metadata } of events) {
    const expected = revision === 0 ? 'no-stream' : revision - 1;
    await empty.append(stream, expected, [{ id, type, data, metadata }]);
  }
  return { ...empty, logId: () => Promise.resolve(logId) };
}
