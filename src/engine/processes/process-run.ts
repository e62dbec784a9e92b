import { DomainError } from '../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { upcast } from '../../domain/kernel/event-types.ts';
import { parseInstant } from '../../domain/kernel/instant.ts';
import { comparePositions, type Position, START } from '../../domain/kernel/position.ts';
import type { AllPage } from '../../ports/event-log.ts';
import type { Checkpoint, CheckpointStore } from '../../ports/read-store.ts';
import { eventsOf } from '../commands/load-stream.ts';
import { createFailureWatch, reasonOf } from '../failure-watch.ts';
import type { FencedStore } from '../leases/fenced-store.ts';
import type { SharedPages } from '../shared-pages.ts';
import { enabledAt } from './enabled-at.ts';
import type { ProcessEngineOptions, ProcessReport } from './process-engine.ts';
import { openProcess, type ProcessManager } from './process-manager.ts';

const INITIAL_PAUSE_MS = 20;
const MAX_PAUSE_MS = 10_000;
/** Events without a reaction after which the checkpoint is written again. */
const CHECKPOINT_EVERY = 1_000;
/** Reactions after which the checkpoint is written before the end of a page. */
const CHECKPOINT_EVERY_REACTIONS = 100;
/** Events in one read of the log. */
export const PROCESS_PAGE = 500;

/** One process manager at work: how far it has come, and what brings it further. */
export interface ProcessRun {
  readonly process: ProcessManager;
  /** How far it has read the log. */
  readonly position: () => Position;
  report(): ProcessReport;
  /** Claims and reads the checkpoint. @returns the head of the log. @throws FencedError */
  open(): Promise<Position>;
  /**
   * Reacts to everything that the log holds now, page by page, so that no event is missed (K6).
   * @returns the number of events. @throws FencedError
   */
  takeAll(): Promise<number>;
  /** Its work beside events, until the engine stops. */
  background(): Promise<void>;
  /** Call when reading the log or storing the checkpoint failed. */
  failed(error: unknown): void;
  /** The pause before try number `attempt` (from 0): exponential, jittered, bounded. */
  pause(attempt: number): Promise<void>;
}

async function allEventsOf(
  { log, types }: Pick<ProcessEngineOptions, 'log' | 'types'>,
  stream: string,
): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of eventsOf(log, stream)) events.push(upcast(types, event));
  return events;
}

export function createProcessRun(
  options: ProcessEngineOptions,
  store: FencedStore<CheckpointStore>,
  pages: SharedPages,
  stopping: AbortSignal,
  process: ProcessManager,
): ProcessRun {
  const { log, types, clock, ids, logger } = options;
  const services = { ...options, eventsOf: (stream: string) => allEventsOf(options, stream) };
  const opened = openProcess(process, services, stopping);
  const { maxConcurrent = 1, keyOf = () => '' } = opened;
  const name = `process-${process.name}`;
  let checkpoint: Checkpoint | undefined;
  let position = START;
  let eventsSinceCheckpoint = 0;
  let reactionsSinceCheckpoint = 0;
  /** The log is an older copy of itself: only then may the checkpoint go back. */
  let logWentBack = false;
  let stuck: ProcessReport['stuck'];
  const failures = createFailureWatch({
    clock,
    stopping,
    onFailing: ({ reason }) =>
      logger.error({ process: process.name, reason }, 'process makes no progress; retrying'),
    onRecovered: () => logger.info({ process: process.name }, 'process makes progress again'),
  });

  const pause = (attempt: number) =>
    clock.sleep(
      Math.min(INITIAL_PAUSE_MS * 2 ** attempt, MAX_PAUSE_MS) * (0.5 + ids.random()),
      stopping,
    );

  async function saveCheckpoint(event: RecordedEvent): Promise<void> {
    const to = { logId: await log.logId(), position: event.position, eventId: event.id };
    const isPast = checkpoint && comparePositions(to.position, checkpoint.position) <= 0;
    if (isPast && checkpoint?.logId === to.logId && !logWentBack) return;
    const outcome = await store.commit({ checkpoints: [{ name, from: checkpoint, to }] });
    logWentBack = false;
    checkpoint = outcome.outcome === 'done' ? to : await store.checkpoint(name);
    failures.succeeded();
  }

  /** Gives the request that caused the event the time to do the rest itself. */
  async function waitFor({ recordedAt }: RecordedEvent): Promise<void> {
    const { delayMs = 0 } = process;
    const leftMs = (parseInstant(recordedAt) ?? 0) + delayMs - clock.now();
    if (leftMs > 0) await clock.sleep(Math.min(leftMs, delayMs), stopping);
  }

  const react = async (recorded: RecordedEvent) => {
    await waitFor(recorded);
    await untilDone(recorded, () => opened.react(upcast(types, recorded)));
  };

  /** Retries until the reaction is recorded. A refusal is a result; only failures are retried. */
  async function untilDone(recorded: RecordedEvent, task: () => Promise<void>): Promise<void> {
    for (let attempt = 0; !stopping.aborted; attempt++) {
      try {
        await task();
        stuck = undefined;
        return;
      } catch (error) {
        const reason = reasonOf(error);
        stuck = { eventId: recorded.id, reason };
        const isExpected = error instanceof DomainError && error.retryable;
        if (!isExpected) failures.failed(error);
        logger[isExpected ? 'debug' : 'warn'](
          { process: process.name, eventId: recorded.id, reason, attempt },
          'process failed to react to an event; retrying',
        );
        await pause(attempt);
      }
    }
  }

  /** Reacts to events of one key in order, and to those of different keys side by side. */
  async function reactToAll(events: readonly RecordedEvent[]): Promise<void> {
    const byKey = new Map<string, RecordedEvent[]>();
    for (const event of events) {
      const key = keyOf(event);
      byKey.set(key, [...(byKey.get(key) ?? []), event]);
    }
    const inOrder = async (group: readonly RecordedEvent[]) => {
      for (const event of group) {
        await react(event);
        if (stopping.aborted) return;
      }
    };
    await Promise.all([...byKey.values()].map(inOrder));
  }

  /** Takes some events at once. @returns how many. */
  async function take(events: readonly RecordedEvent[], isLast: boolean): Promise<number> {
    const relevant = events.filter(({ type }) => process.eventTypes.includes(type));
    await reactToAll(relevant);
    const [settled] = relevant.slice(-1);
    if (settled && !stopping.aborted) await untilDone(settled, async () => opened.settle?.());
    const last = events.at(-1);
    if (stopping.aborted || !last) return 0;
    position = last.position;
    eventsSinceCheckpoint += events.length;
    reactionsSinceCheckpoint += relevant.length;
    const isDue =
      (isLast && reactionsSinceCheckpoint > 0) ||
      reactionsSinceCheckpoint >= CHECKPOINT_EVERY_REACTIONS ||
      eventsSinceCheckpoint >= CHECKPOINT_EVERY;
    if (isDue) {
      eventsSinceCheckpoint = 0;
      reactionsSinceCheckpoint = 0;
      await saveCheckpoint(last);
    }
    return events.length;
  }

  async function takePages(
    first: AllPage,
    next: (after: Position) => Promise<AllPage>,
  ): Promise<number> {
    let taken = 0;
    for (let page = first; ; page = await next(position)) {
      for (let i = 0; i < page.events.length; i += maxConcurrent) {
        const isLast = i + maxConcurrent >= page.events.length;
        taken += await take(page.events.slice(i, i + maxConcurrent), isLast);
        if (stopping.aborted) return taken;
      }
      position = page.position;
      if (page.atHead || stopping.aborted) return taken;
      // Between two pages of a long log, other work runs.
      await clock.sleep(0, stopping);
    }
  }

  return {
    process,
    background: async () => opened.run?.(),
    pause,
    position: () => position,
    report() {
      const timers = opened.timers?.();
      const at = { name: process.name, position, stuck, failing: failures.current() };
      return { ...at, ...(timers && { timers }) };
    },
    failed: (error) => failures.failed(error),
    async open() {
      await store.claim(name);
      checkpoint = await store.checkpoint(name);
      const isSameLog = checkpoint?.logId === (await log.logId());
      const first = process.startAt === 'head' ? await enabledAt(log, ids, process.name) : START;
      const head = await log.head();
      const saved = isSameLog && checkpoint ? checkpoint.position : first;
      logWentBack = comparePositions(saved, head) > 0;
      position = logWentBack ? first : saved;
      eventsSinceCheckpoint = 0;
      return head;
    },
    async takeAll() {
      const { categories } = process;
      const first = await log.readAll({ after: position, limit: PROCESS_PAGE, categories });
      // One that is behind reads the log beside others that are.
      const reader = pages.enter(categories);
      try {
        const taken = await takePages(first, reader.read);
        failures.succeeded();
        return taken;
      } finally {
        reader.leave();
      }
    },
  };
}
