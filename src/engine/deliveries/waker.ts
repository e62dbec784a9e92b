import { createCancelController } from '../../lib/cancellation.ts';
import type { Clock } from '../../ports/clock.ts';

/** Ends a wait early. */
export interface Waker {
  /** Ends the current wait or, when there is none, the next one at once. */
  wake(): void;
  /** Waits for `ms` at most. */
  wait(ms: number): Promise<void>;
}

export function createWaker(clock: Clock): Waker {
  let signal = createCancelController();
  return {
    wake: () => signal.cancel(),
    async wait(ms) {
      await clock.sleep(ms, signal);
      if (signal.aborted) signal = createCancelController();
    },
  };
}
