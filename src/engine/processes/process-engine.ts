import type { EventTypes } from '../../domain/kernel/event-types.ts';
import { comparePositions, type Position, START } from '../../domain/kernel/position.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import type { CheckpointStore } from '../../ports/read-store.ts';
import type { Failure } from '../failure-watch.ts';
import { FencedError, fencedStore } from '../leases/fenced-store.ts';
import type { WorkLease } from '../leases/work-unit.ts';
import { createSharedPages } from '../shared-pages.ts';
import type { TimerReport } from './durable/overdue-timers.ts';
import { pendingMessage } from './pending-message.ts';
import type { ProcessManager, ProcessServices } from './process-manager.ts';
import { createProcessRun, PROCESS_PAGE, type ProcessRun } from './process-run.ts';

/** Time without a message after which a subscription may have stalled without an error. */
const STALL_TIMEOUT_MS = 5_000;
/** Pause before the next read for an event that was delivered but could not be read yet. */
const REREAD_MS = 100;

export interface ProcessEngineOptions extends Omit<ProcessServices, 'eventsOf'> {
  readonly log: EventLog;
  readonly store: CheckpointStore;
  readonly types: EventTypes;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly processes: readonly ProcessManager[];
  /** The lease under which they run. */
  readonly lease?: WorkLease;
}

export interface ProcessReport {
  readonly name: string;
  readonly position: Position;
  /** The event that it fails to react to, and why, while it retries. */
  readonly stuck: { readonly eventId: string; readonly reason: string } | undefined;
  /** Set while it makes no progress: it cannot react, read the log or store its checkpoint. */
  readonly failing: Failure | undefined;
  /** Absent for one without timers. */
  readonly timers?: TimerReport;
}

export interface ProcessEngine {
  start(): void;
  stop(): Promise<void>;
  report(): readonly ProcessReport[];
}

/**
 * Runs each process manager over the log, in order, at least once per event. Its checkpoint only
 * saves work: the ids of its commands derive from the event, so that an event met again (after a
 * crash, or with a read store that was deleted) changes nothing.
 */
export function createProcessEngine(options: ProcessEngineOptions): ProcessEngine {
  const { log, clock, logger, processes, lease } = options;
  const stop = new AbortController();
  const store = fencedStore(options.store, lease?.token, () => {
    if (stop.signal.aborted) return;
    logger.warn({}, 'another instance has the lease of a process manager; stopping');
    stop.abort();
    lease?.lost();
  });
  const pages = createSharedPages(log, {
    pageEvents: PROCESS_PAGE,
    categories: [...new Set(processes.flatMap(({ categories }) => categories))],
  });
  // A signal of its own for each: one for all would get more listeners than the platform likes.
  const runs = processes.map((process) =>
    createProcessRun(options, store, pages, AbortSignal.any([stop.signal]), process),
  );
  let tasks: Promise<void>[] = [];

  /**
   * Follows the log. The pages of the log decide what comes next; the subscription only shows when
   * to read them. It may repeat events, leave some out, or stall; then this resolves, and the run
   * subscribes again.
   */
  async function follow(run: ProcessRun): Promise<void> {
    const { name, categories } = run.process;
    const head = await run.open();
    const subscription = new AbortController();
    const signal = AbortSignal.any([subscription.signal, stop.signal]);
    const subscribed = log.subscribe({ after: head, categories, signal, eventsOnly: true });
    const messages = subscribed[Symbol.asyncIterator]();
    let pending = pendingMessage(messages);
    let delivered = START;
    let isReadDue = true;
    let isSilent = false;
    try {
      for (;;) {
        const taken = isReadDue ? await run.takeAll() : 0;
        if (signal.aborted) return;
        if (taken > 0 && isSilent) {
          logger.warn({ process: name }, 'subscription of a process stalled; resubscribing');
          return;
        }
        // The server that delivered an event may be ahead of the one that is read.
        const isBehind = comparePositions(delivered, run.position()) > 0;
        await clock.sleep(isBehind ? REREAD_MS : STALL_TIMEOUT_MS, pending.settled);
        isReadDue = !pending.settled.aborted;
        isSilent = isReadDue && !isBehind;
        if (isReadDue) continue;
        const next = await pending.message;
        if (next.done) return;
        pending = pendingMessage(messages);
        if (next.value.kind !== 'events') continue;
        delivered = next.value.events.at(-1)?.position ?? delivered;
        isReadDue = comparePositions(delivered, run.position()) > 0;
      }
    } finally {
      subscription.abort();
      await pending.message.catch(() => undefined);
    }
  }

  async function keepFollowing(run: ProcessRun): Promise<void> {
    for (let attempt = 0; !stop.signal.aborted; attempt++) {
      const before = run.position();
      try {
        await follow(run);
      } catch (error) {
        if (error instanceof FencedError) return;
        const fields = { process: run.process.name, error: String(error) };
        logger.warn(fields, 'process could not follow the log; retrying');
        run.failed(error);
      }
      if (comparePositions(before, run.position()) !== 0) attempt = 0;
      if (!stop.signal.aborted) await run.pause(attempt);
    }
  }

  return {
    start() {
      if (tasks.length > 0) return;
      tasks = runs.flatMap((run) => [keepFollowing(run), run.background()]);
    },
    async stop() {
      stop.abort();
      await Promise.all(tasks);
    },
    report: () => runs.map((run) => run.report()),
  };
}
