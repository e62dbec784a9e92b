import { createSemaphore } from '../../../lib/semaphore.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Generation } from '../folding/generation.ts';

/** Runs the generations of an engine, and the tasks beside them. */
export interface Supervisor {
  /** Runs a task to its end; logs its failure. */
  supervise(task: Promise<void>): void;
  /** Runs a generation, after it got a rebuild slot if it needs one. */
  begin(generation: Generation, options: { readonly needsSlot: boolean }): void;
  /** Releases its rebuild slot, if it holds one. */
  releaseSlot(generation: Generation): void;
  /** Whether it waits for a rebuild slot. */
  isWaiting(generation: Generation): boolean;
  /** Resolves when the generation's runner has ended, or at once when it has not begun. */
  ended(generation: Generation): Promise<void>;
  /** Resolves when nothing runs any more. */
  allEnded(): Promise<void>;
}

export interface SupervisorOptions {
  readonly run: (generation: Generation) => Promise<void>;
  readonly rebuildSlots: number;
  readonly logger: Logger;
}

export function createSupervisor({ run, rebuildSlots, logger }: SupervisorOptions): Supervisor {
  const slots = createSemaphore(rebuildSlots);
  const running = new Set<Promise<void>>();
  const runs = new WeakMap<Generation, Promise<void>>();
  const waiting = new WeakSet<Generation>();
  const releases = new WeakMap<Generation, () => void>();

  function supervise(task: Promise<void>): void {
    const watched = task
      .catch((error: unknown) => {
        logger.error({ error: String(error) }, 'projection stopped');
      })
      .finally(() => running.delete(watched));
    running.add(watched);
  }

  function releaseSlot(generation: Generation): void {
    releases.get(generation)?.();
  }

  async function runInSlot(generation: Generation): Promise<void> {
    waiting.add(generation);
    releases.set(generation, await slots.acquire());
    waiting.delete(generation);
    try {
      await start(generation);
    } finally {
      releaseSlot(generation);
    }
  }

  function start(generation: Generation): Promise<void> {
    const task = run(generation);
    runs.set(generation, task);
    return task;
  }

  return {
    supervise,
    releaseSlot,
    begin(generation, { needsSlot }) {
      supervise(needsSlot ? runInSlot(generation) : start(generation));
    },
    isWaiting: (generation) => waiting.has(generation),
    // Its failure is logged where it is supervised.
    ended: async (generation) => {
      await runs.get(generation)?.catch(() => undefined);
    },
    async allEnded() {
      while (running.size > 0) await Promise.all([...running]);
    },
  };
}
