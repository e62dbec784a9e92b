import { createCancelController } from '../../lib/cancellation.ts';
import type { Clock } from '../../ports/clock.ts';

/** Parts of a deadline: it passes up to one part late. */
const PARTS = 10;

export interface Deadlines {
  /**
   * Calls `late` after `ms`, unless the returned function is called before. Independent of the wall
   * clock, which may be set.
   */
  watch(ms: number, late: () => void): () => void;
}

interface Entry {
  readonly part: number;
  readonly late: () => void;
}

/** One timer for all requests with the same deadline, and none while there is no request. */
export function createDeadlines(clock: Clock): Deadlines {
  const watches = new Map<number, ReturnType<typeof watchesOf>>();

  function watchesOf(ms: number) {
    // A set keeps the order in which requests began, which is that of their deadlines.
    const entries = new Set<Entry>();
    let part = 0;
    let idle = createCancelController();

    async function run(): Promise<void> {
      const stopped = idle;
      while (!stopped.aborted) {
        await clock.sleep(ms / PARTS, stopped);
        if (stopped.aborted) return;
        part += 1;
        for (const entry of entries) {
          if (entry.part > part - PARTS - 1) break;
          entries.delete(entry);
          entry.late();
        }
        if (entries.size === 0) return;
      }
    }

    return (late: () => void): (() => void) => {
      const entry = { part, late };
      entries.add(entry);
      if (entries.size === 1) {
        idle = createCancelController();
        void run();
      }
      return () => {
        if (entries.delete(entry) && entries.size === 0) idle.cancel();
      };
    };
  }

  return {
    watch(ms, late) {
      let watch = watches.get(ms);
      if (!watch) watches.set(ms, (watch = watchesOf(ms)));
      return watch(late);
    },
  };
}
