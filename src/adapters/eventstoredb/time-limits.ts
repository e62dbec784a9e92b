import { type CancelSignal, createCancelController } from '../../lib/cancellation.ts';
import { within } from '../../lib/deadline.ts';
import type { Clock } from '../../ports/clock.ts';

/** Timeouts of this adapter. The deadlines of the client do not hold against a frozen server. */
export interface EventStoreDbTimeouts {
  /** One append, kept with a tolerance of a tenth. Default 5,000. */
  readonly appendMs: number;
  /** A read fails when nothing has arrived for so long. Default 5,000. */
  readonly readMs: number;
  /** Default 2,000. */
  readonly pingMs: number;
  /** A subscription without messages for so long checks whether the server is up. 10,000. */
  readonly stallTimeoutMs: number;
}

export const DEFAULT_TIMEOUTS: EventStoreDbTimeouts = {
  appendMs: 5_000,
  readMs: 5_000,
  pingMs: 2_000,
  stallTimeoutMs: 10_000,
};

/** EventStoreDB did not reply in time; whether it executed the operation is unknown. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

function timeLimitError(expected: string, ms: number): TimeLimitError {
  return new TimeLimitError(`expected ${expected} within ${ms} ms, found no answer`);
}

/**
 * Waits for the promise up to `ms`; a later result is dropped. `expected` is what should have
 * happened, for the error.
 * @throws TimeLimitError
 */
export function withinTimeout<T>(
  clock: Clock,
  ms: number,
  expected: string,
  promise: Promise<T>,
): Promise<T> {
  const sleep = (sleepMs: number, signal: CancelSignal) => clock.sleep(sleepMs, signal);
  return within({ ms, sleep, late: () => timeLimitError(expected, ms) }, promise);
}

/** Waits for the promise; `expected` is what should have happened, for the error. */
export type TimeLimit = <T>(expected: string, promise: Promise<T>) => Promise<T>;

/** The limit is divided into so many ticks; a wait is too long by less than one of them. */
const TICKS = 10;

interface Wait {
  /** The wait times out at the tick after this one. */
  readonly lastTick: number;
  readonly timeOut: () => void;
}

/**
 * As `withinTimeout`, for many concurrent waits of the same length: one timer ticks for all of
 * them, and only while there are any. A timer and a signal for each would cost more than the wait.
 */
export function createTimeLimit(clock: Clock, ms: number): TimeLimit {
  /** The oldest first. */
  const waits = new Set<Wait>();
  let tick = 0;
  let idle = createCancelController();

  async function watch(noWaits: CancelSignal): Promise<void> {
    for (;;) {
      await clock.sleep(ms / TICKS, noWaits);
      if (noWaits.aborted) return;
      tick += 1;
      for (const wait of waits) {
        if (wait.lastTick >= tick) break;
        wait.timeOut();
      }
    }
  }

  return (expected, promise) =>
    new Promise((resolve, reject) => {
      const wait = {
        lastTick: tick + TICKS,
        timeOut: () => {
          reject(timeLimitError(expected, ms));
          end();
        },
      };
      const end = () => {
        if (waits.delete(wait) && waits.size === 0) idle.cancel();
      };
      waits.add(wait);
      if (waits.size === 1) {
        idle = createCancelController();
        void watch(idle);
      }
      promise.then(resolve, reject).finally(end);
    });
}
