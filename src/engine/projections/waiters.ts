import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import { createCancelController } from '../../lib/cancellation.ts';
import type { Clock } from '../../ports/clock.ts';

interface Waiter {
  readonly reached: () => boolean;
  readonly wake: () => void;
}

/** Callers that wait for a read model to reach a position (K12), or another state of progress. */
export interface Waiters {
  /** True when the condition was met in time. */
  until(reached: () => boolean, timeoutMs: number): Promise<boolean>;
  /** Wakes the callers whose condition is met. Call after every step of progress. */
  check(): void;
  count(): number;
}

/** `onCheck` is called at every step of progress, whether a caller waits here or not. */
export function createWaiters(clock: Clock, onCheck: () => void = () => undefined): Waiters {
  const waiting = new Set<Waiter>();
  return {
    count: () => waiting.size,
    async until(reached, timeoutMs) {
      if (reached()) return true;
      const timer = createCancelController();
      let waiter: Waiter | undefined;
      const met = new Promise<boolean>((resolve) => {
        waiter = { reached, wake: () => resolve(true) };
        waiting.add(waiter);
      });
      const late = clock.sleep(timeoutMs, timer).then(() => false);
      try {
        return await Promise.race([met, late]);
      } finally {
        if (waiter) waiting.delete(waiter);
        timer.cancel();
      }
    },
    check() {
      onCheck();
      for (const waiter of waiting) {
        if (!waiter.reached()) continue;
        waiting.delete(waiter);
        waiter.wake();
      }
    },
  };
}

export function hasReached(position: Position | undefined, wanted: Position): boolean {
  return position !== undefined && comparePositions(position, wanted) >= 0;
}
