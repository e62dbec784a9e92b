import { DomainError } from '../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { upcast, type EventTypes } from '../../domain/kernel/event-types.ts';
import { comparePositions, START, type Position } from '../../domain/kernel/position.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Checkpoint, CheckpointStore } from '../../ports/read-store.ts';
import { FencedError, fencedStore } from '../leases/fenced-store.ts';
import type { WorkLease } from '../leases/work-unit.ts';
import { pendingMessage } from './pending-message.ts';
import type { ProcessManager, ProcessServices } from './process-manager.ts';

const FIRST_PAUSE_MS = 20;
const MAX_PAUSE_MS = 10_000;
/** Events passed over without a reaction before the checkpoint is written again. */
const CHECKPOINT_EVERY = 1_000;
/** A subscription that has said nothing for so long may have ended without a word. */
const SILENCE_MS = 5_000;
/** When to look again for an event that was told of and could not be read yet. */
const LOOK_AGAIN_MS = 100;
/** Events that are read at once. */
const PAGE = 500;

export interface ProcessEngineOptions extends ProcessServices {
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
  /** The event it is stuck at and why, while it tries again. */
  readonly stuck: { readonly eventId: string; readonly reason: string } | undefined;
}

export interface ProcessEngine {
  start(): void;
  stop(): Promise<void>;
  report(): readonly ProcessReport[];
}

interface Running {
  readonly process: ProcessManager;
  checkpoint: Checkpoint | undefined;
  position: Position;
  /** Events since the checkpoint was written. */
  passed: number;
  /** The log is an older copy of what it was: only then may the checkpoint go back. */
  logWentBack: boolean;
  stuck: ProcessReport['stuck'];
}

/**
 * Runs each process over the log, in order, at least once per event. Its checkpoint only saves
 * work: the commands that a process gives have ids made from the event, so that an event met again
 * (after a crash, or with a read store that was thrown away) changes nothing.
 */
export function createProcessEngine(options: ProcessEngineOptions): ProcessEngine {
  const { log, types, clock, ids, logger, processes, lease } = options;
  const stop = new AbortController();
  const store = fencedStore(options.store, lease?.token, () => {
    if (stop.signal.aborted) return;
    logger.warn({}, 'another instance has the lease of a process manager; stopping');
    stop.abort();
    lease?.lost();
  });
  const running = processes.map((process): Running => ({
    process,
    checkpoint: undefined,
    position: START,
    passed: 0,
    logWentBack: false,
    stuck: undefined,
  }));
  let tasks: Promise<void>[] = [];

  const nameOf = ({ process }: Running) => `process-${process.name}`;
  const pause = (attempt: number) =>
    clock.sleep(
      Math.min(FIRST_PAUSE_MS * 2 ** attempt, MAX_PAUSE_MS) * (0.5 + ids.random()),
      stop.signal,
    );

  async function saveCheckpoint(run: Running, event: RecordedEvent): Promise<void> {
    const to = { logId: await log.logId(), position: event.position, eventId: event.id };
    const name = nameOf(run);
    const { checkpoint } = run;
    const isPast = checkpoint && comparePositions(to.position, checkpoint.position) <= 0;
    if (isPast && checkpoint.logId === to.logId && !run.logWentBack) return;
    const outcome = await store.commit({
      checkpoints: [{ name, from: run.checkpoint, to }],
    });
    run.logWentBack = false;
    run.checkpoint = outcome.outcome === 'done' ? to : await store.checkpoint(name);
  }

  /** Tries until the reaction is recorded. A refusal is an answer; only trouble is tried again. */
  async function reactFully(run: Running, recorded: RecordedEvent): Promise<void> {
    for (let attempt = 0; !stop.signal.aborted; attempt++) {
      try {
        await run.process.react(upcast(types, recorded), options);
        run.stuck = undefined;
        return;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        run.stuck = { eventId: recorded.id, reason };
        const expected = error instanceof DomainError && error.retryable;
        logger[expected ? 'debug' : 'warn'](
          { process: run.process.name, eventId: recorded.id, reason, attempt },
          'a process could not react to an event yet; trying again',
        );
        await pause(attempt);
      }
    }
  }

  /**
   * Reacts to all that the log holds now, page by page, so that nothing is passed over (K6).
   * @returns how many events there were.
   */
  async function takeAll(run: Running): Promise<number> {
    const { categories, eventTypes } = run.process;
    let taken = 0;
    for (let atHead = false; !atHead;) {
      const page = await log.readAll({ after: run.position, limit: PAGE, categories });
      for (const event of page.events) {
        const reacts = eventTypes.includes(event.type);
        if (reacts) await reactFully(run, event);
        if (stop.signal.aborted) return taken;
        run.position = event.position;
        taken += 1;
        run.passed += 1;
        if (!reacts && run.passed < CHECKPOINT_EVERY) continue;
        run.passed = 0;
        await saveCheckpoint(run, event);
      }
      run.position = page.position;
      atHead = page.atHead || stop.signal.aborted;
      // A long log is read while others have their turn.
      if (!atHead) await clock.sleep(0, stop.signal);
    }
    return taken;
  }

  /** Finds where to go on. @returns the head of the log. */
  async function open(run: Running): Promise<Position> {
    run.checkpoint = await store.checkpoint(nameOf(run));
    const sameLog = run.checkpoint?.logId === (await log.logId());
    const head = await log.head();
    const known = sameLog && run.checkpoint ? run.checkpoint.position : START;
    run.logWentBack = comparePositions(known, head) > 0;
    run.position = run.logWentBack ? START : known;
    run.passed = 0;
    return head;
  }

  /**
   * Pages of the log say what comes next. The subscription only tells when to look: it may repeat
   * events, leave some out, or fall silent; then it is given up, and a follower begins anew.
   */
  async function follow(run: Running): Promise<void> {
    const { name, categories } = run.process;
    await store.claim(nameOf(run));
    const head = await open(run);
    const current = new AbortController();
    const signal = AbortSignal.any([current.signal, stop.signal]);
    const messages = log.subscribe({ after: head, categories, signal })[Symbol.asyncIterator]();
    let news = pendingMessage(messages);
    let told = START;
    let look = true;
    let silent = false;
    try {
      for (;;) {
        const taken = look ? await takeAll(run) : 0;
        if (signal.aborted) return;
        if (taken > 0 && silent) {
          logger.warn({ process: name }, 'the log is silent towards a process; subscribing again');
          return;
        }
        // Whoever told of an event may be ahead of who is read.
        const behind = comparePositions(told, run.position) > 0;
        await clock.sleep(behind ? LOOK_AGAIN_MS : SILENCE_MS, news.settled);
        look = !news.settled.aborted;
        silent = look && !behind;
        if (look) continue;
        const next = await news.message;
        if (next.done) return;
        news = pendingMessage(messages);
        if (next.value.kind !== 'events') continue;
        told = next.value.events.at(-1)?.position ?? told;
        look = comparePositions(told, run.position) > 0;
      }
    } finally {
      current.abort();
      await news.message.catch(() => undefined);
    }
  }

  async function keepFollowing(run: Running): Promise<void> {
    for (let attempt = 0; !stop.signal.aborted; attempt++) {
      const before = run.position;
      try {
        await follow(run);
      } catch (error) {
        if (error instanceof FencedError) return;
        logger.warn({ process: run.process.name, error: String(error) }, 'a process lost the log');
      }
      if (comparePositions(before, run.position) !== 0) attempt = 0;
      if (!stop.signal.aborted) await pause(attempt);
    }
  }

  return {
    start() {
      if (tasks.length === 0) tasks = running.map(keepFollowing);
    },
    async stop() {
      stop.abort();
      await Promise.all(tasks);
    },
    report: () =>
      running.map(({ process, position, stuck }) => ({ name: process.name, position, stuck })),
  };
}
