import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { Position } from '../../domain/kernel/position.ts';
import { createCancelController } from '../../lib/cancellation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeliveryChannel } from '../../ports/delivery-channel.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import type { CheckpointStore } from '../../ports/read-store.ts';
import { createFailureWatch, type Failure } from '../failure-watch.ts';
import { FencedError, fencedStore } from '../leases/fenced-store.ts';
import type { WorkLease } from '../leases/work-unit.ts';
import { type ChannelReport, createDispatcher, type EndedAttempt } from './dispatcher.ts';
import type { DueChange, DueEntry } from './due-entry.ts';
import { createDueIndex, type DueIndex } from './due-index.ts';
import { createDeliveryFollower } from './follow-deliveries.ts';
import type { AttemptFailure, DeliveryLedger, DeliveryRef } from './ledger.ts';
import { isFinal } from './make-attempt.ts';
import type { ParkedDelivery } from './parked-deliveries.ts';
import { createWaker } from './waker.ts';

/** The log is read again after this, also without a notice that it has grown. */
const POLL_MS = 5_000;
/** Pause after a failed read of the log. */
const RETRY_MS = 500;
const INTERRUPTED: AttemptFailure = {
  ...{ failureClass: 'interrupted', code: 'interrupted' },
  reason: 'The server ended during the attempt. It is not known whether it was sent.',
};
/** Time for running attempts to end when the instance stops. */
const STOP_MS = 8_000;

export interface DeliveryWorkerOptions {
  readonly log: EventLog;
  readonly store: CheckpointStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly ledger: DeliveryLedger;
  readonly channels: readonly DeliveryChannel[];
  /** Categories of the streams of deliveries. */
  readonly categories: readonly string[];
  /** What an event of them means for the time at which a delivery is due. */
  readonly change: (event: RecordedEvent) => { ref: DeliveryRef; change: DueChange } | undefined;
  /** Those that were parked before a place in the log, to be counted. */
  readonly parkedBefore?: (position: Position) => AsyncIterable<ParkedDelivery>;
  /** Called after each attempt that has a result. */
  readonly onAttempt?: (attempt: EndedAttempt) => void;
  readonly lease?: WorkLease;
  /** No other instance can have made an attempt that is open at the start: it was interrupted. */
  readonly alone: boolean;
}

export interface DeliveryReport {
  readonly channels: readonly ChannelReport[];
  readonly entries: Iterable<Pick<DueEntry, 'channel' | 'priority' | 'state'>>;
  /** How many wait for a decision of a person, by channel. */
  readonly parked: ReadonlyMap<string, number>;
  /** Set while the log cannot be read. */
  readonly failing: Failure | undefined;
}

export interface DeliveryWorker {
  start(): void;
  stop(): Promise<void>;
  report(): DeliveryReport;
}

/**
 * Sends what is due, while it holds the lease: follows the log, keeps what is due in memory, and
 * makes attempts, each of which the log grants to one worker.
 */
export function createDeliveryWorker(options: DeliveryWorkerOptions): DeliveryWorker {
  const { clock, logger, channels } = options;
  const stopping = new AbortController();
  const abandon = new AbortController();
  const index = createDueIndex();
  const attempts = { ...options, abandon: abandon.signal };
  const dispatcher = createDispatcher(attempts, index, channels, stopping.signal);
  const failures = createFailureWatch({
    clock,
    stopping: stopping.signal,
    onFailing: ({ reason }) => logger.error({ reason }, 'deliveries make no progress; retrying'),
    onRecovered: () => logger.info({}, 'deliveries make progress again'),
  });
  const reader = createReader(options, index, stopping, {
    onRead() {
      failures.succeeded();
      dispatcher.wake();
    },
    onFailed: (error) => failures.failed(error),
  });
  let tasks: Promise<void>[] = [];

  return {
    start() {
      if (tasks.length > 0) return;
      tasks = [reader.follow(), reader.listen(), dispatcher.run(reader.caughtUp)];
    },
    async stop() {
      stopping.abort();
      reader.wake();
      dispatcher.wake();
      await Promise.all(tasks);
      const ended = new AbortController();
      const expire = async () => {
        await clock.sleep(STOP_MS, ended.signal);
        abandon.abort();
      };
      const expired = expire();
      await dispatcher.ended();
      ended.abort();
      await expired;
    },
    report: () => ({
      channels: dispatcher.report(),
      entries: index.entries(),
      parked: index.parked(),
      failing: failures.current(),
    }),
  };
}

interface ReaderEvents {
  readonly onRead: () => void;
  readonly onFailed: (error: unknown) => void;
}

/** Keeps the index up to date until it is stopped. */
function createReader(
  options: DeliveryWorkerOptions,
  index: DueIndex,
  stopping: AbortController,
  { onRead, onFailed }: ReaderEvents,
) {
  const { log, clock, logger, lease, categories, change, ledger } = options;
  const { signal } = stopping;
  const waker = createWaker(clock);
  const store = fencedStore(options.store, lease?.token, () => {
    if (signal.aborted) return;
    logger.warn({}, 'another instance has the lease of the deliveries; stopping');
    stopping.abort();
    waker.wake();
    lease?.lost();
  });
  const follower = createDeliveryFollower({
    ...{ log, clock, store, index, categories, change, stopping: signal },
    ...(options.parkedBefore && { parkedBefore: options.parkedBefore }),
  });
  const caughtUp = createCancelController();
  let isFirstRead = true;

  /** Attempts of this data folder's instance before: it has ended, and they with it. */
  async function endInterrupted(): Promise<void> {
    for (const entry of index.attemptsElsewhere()) {
      try {
        await ledger.fail(entry, entry.attempt, INTERRUPTED);
      } catch (error) {
        // One that takes no more events counts as lost when its time is up; the others go on.
        if (!isFinal(error)) throw error;
        const fields = { deliveryId: entry.deliveryId, error: String(error) };
        logger.error(fields, 'the end of an interrupted attempt could not be recorded');
      }
    }
  }

  async function followOnce(): Promise<void> {
    await follower.open();
    while (!signal.aborted) {
      await follower.takeAll();
      if (isFirstRead && options.alone) await endInterrupted();
      isFirstRead = false;
      caughtUp.cancel();
      onRead();
      await waker.wait(POLL_MS);
    }
  }

  return {
    caughtUp,
    wake: () => waker.wake(),
    async follow(): Promise<void> {
      while (!signal.aborted) {
        try {
          await followOnce();
        } catch (error) {
          if (error instanceof FencedError) break;
          onFailed(error);
          logger.warn({ error: String(error) }, 'deliveries could not follow the log; retrying');
          await clock.sleep(RETRY_MS, signal);
        }
      }
      caughtUp.cancel();
    },
    listen: () => listen(options, signal, () => waker.wake()),
  };
}

/** The subscription only shows when to read: the pages of the log decide what comes next. */
async function listen(
  { log, clock, logger, categories }: DeliveryWorkerOptions,
  signal: AbortSignal,
  wake: () => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const after = await log.head();
      wake();
      for await (const { kind } of log.subscribe({ after, categories, signal, eventsOnly: true })) {
        if (kind === 'events') wake();
      }
    } catch (error) {
      logger.debug({ error: String(error) }, 'subscription to deliveries ended; resubscribing');
    }
    if (!signal.aborted) await clock.sleep(RETRY_MS, signal);
  }
}
