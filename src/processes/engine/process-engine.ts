import { DomainError } from '../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { upcast, type EventTypes } from '../../domain/kernel/event-types.ts';
import { comparePositions, START, type Position } from '../../domain/kernel/position.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Checkpoint, ReadStore } from '../../ports/read-store.ts';
import type { Process, ProcessServices } from './process.ts';

const FIRST_PAUSE_MS = 20;
const MAX_PAUSE_MS = 10_000;
/** Events passed over without a reaction before the checkpoint is written again. */
const CHECKPOINT_EVERY = 1_000;
/** A subscription that has said nothing for so long may have ended without a word. */
const SILENCE_MS = 5_000;

export interface ProcessEngineOptions extends ProcessServices {
  readonly log: EventLog;
  readonly store: Pick<ReadStore, 'checkpoint' | 'claimCheckpoint' | 'commit'>;
  readonly types: EventTypes;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly processes: readonly Process[];
  /** Fencing token of the lease under which they run. */
  readonly token?: number;
  /** Told once when somebody with a newer lease has taken over. */
  readonly onFenced?: () => void;
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
  readonly process: Process;
  checkpoint: Checkpoint | undefined;
  position: Position;
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
  const { log, store, types, clock, ids, logger, processes } = options;
  const { token, onFenced } = options;
  const fence = token === undefined ? {} : { token };
  const stop = new AbortController();
  const running = processes.map((process): Running => ({
    process,
    checkpoint: undefined,
    position: START,
    logWentBack: false,
    stuck: undefined,
  }));
  let tasks: Promise<void>[] = [];

  function fenced(): void {
    if (stop.signal.aborted) return;
    logger.warn({}, 'another process has the lease of a process manager; stopping');
    stop.abort();
    onFenced?.();
  }

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
      documents: [],
      checkpoints: [{ name, from: run.checkpoint, to, ...fence }],
    });
    if (outcome.outcome === 'fenced') {
      fenced();
      return;
    }
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

  /** Gives up a subscription that is silent while the log holds more; a follower begins anew. */
  async function watch(
    run: Running,
    talk: { heard: boolean; reacting: boolean },
    current: AbortController,
  ): Promise<void> {
    const { categories, name } = run.process;
    const signal = AbortSignal.any([current.signal, stop.signal]);
    while (!signal.aborted) {
      talk.heard = false;
      await clock.sleep(SILENCE_MS, signal);
      if (signal.aborted || talk.heard || talk.reacting) continue;
      try {
        const page = await log.readAll({ after: run.position, limit: 1, categories });
        if (page.events.length === 0 || talk.heard || talk.reacting) continue;
        logger.warn({ process: name }, 'the log is silent towards a process; subscribing again');
        current.abort();
      } catch (error) {
        const fields = { process: name, error: String(error) };
        logger.warn(fields, 'the subscription of a process could not be watched; trying again');
      }
    }
  }

  async function follow(run: Running): Promise<void> {
    const reactsTo = new Set(run.process.eventTypes);
    const name = nameOf(run);
    if (token !== undefined && !(await store.claimCheckpoint(name, token))) {
      fenced();
      return;
    }
    run.checkpoint = await store.checkpoint(name);
    const sameLog = run.checkpoint?.logId === (await log.logId());
    const head = await log.head();
    const known = sameLog && run.checkpoint ? run.checkpoint.position : START;
    run.logWentBack = comparePositions(known, head) > 0;
    run.position = run.logWentBack ? START : known;
    const current = new AbortController();
    const talk = { heard: false, reacting: false };
    const watching = watch(run, talk, current);
    let passed = 0;
    const subscription = log.subscribe({
      after: run.position,
      categories: run.process.categories,
      signal: AbortSignal.any([current.signal, stop.signal]),
    });
    try {
      for await (const message of subscription) {
        talk.heard = true;
        if (message.kind !== 'events') {
          run.position = message.position;
          continue;
        }
        talk.reacting = true;
        for (const event of message.events) {
          const reacts = reactsTo.has(event.type);
          if (reacts) await reactFully(run, event);
          if (stop.signal.aborted) return;
          run.position = event.position;
          passed += 1;
          if (!reacts && passed < CHECKPOINT_EVERY) continue;
          passed = 0;
          await saveCheckpoint(run, event);
        }
        talk.reacting = false;
      }
    } finally {
      current.abort();
      await watching;
    }
  }

  async function keepFollowing(run: Running): Promise<void> {
    for (let attempt = 0; !stop.signal.aborted; attempt++) {
      const before = run.position;
      try {
        await follow(run);
      } catch (error) {
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
