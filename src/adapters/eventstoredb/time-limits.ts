import type { Clock } from '../../ports/clock.ts';

/** How long this adapter waits. The client's own deadlines do not hold against a frozen server. */
export interface EventStoreDbTimeouts {
  /** One append, kept to a tenth of itself. Default 5,000. */
  readonly appendMs: number;
  /** A read ends with an error when so long nothing has come. Default 5,000. */
  readonly readMs: number;
  /** Default 2,000. */
  readonly pingMs: number;
  /** A subscription that brought nothing for so long looks whether the server is there. 10,000. */
  readonly silenceMs: number;
}

export const DEFAULT_TIMEOUTS: EventStoreDbTimeouts = {
  appendMs: 5_000,
  readMs: 5_000,
  pingMs: 2_000,
  silenceMs: 10_000,
};

/** The store did not answer in time; whether it did what it was asked for is not known. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/** Why a wait for too late an answer ended. One for all: making another for each costs time. */
const ANSWERED = 'answered';

/** Waits for the promise, but no longer than `ms`; what comes later is dropped. */
export async function within<T>(
  clock: Clock,
  ms: number,
  what: string,
  promise: Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const limit = async (): Promise<T> => {
    await clock.sleep(ms, over.signal);
    // Nobody waits for this any more, and an error with its stack would cost more than the wait.
    if (over.signal.aborted) return promise;
    throw new TimeLimitError(`expected ${what} within ${ms} ms, found no answer`);
  };
  try {
    return await Promise.race([promise, limit()]);
  } finally {
    over.abort(ANSWERED);
  }
}

/** Waits for the promise; `what` says what was to happen, for the error. */
export type TimeLimit = <T>(what: string, promise: Promise<T>) => Promise<T>;

/** The limit is cut into so many ticks; a wait lasts longer by less than one of them. */
const TICKS = 10;

interface Wait {
  /** At the tick after this one it is over. */
  readonly lastTick: number;
  readonly giveUp: () => void;
}

/**
 * As `within`, for many waits of the same length at once: one timer ticks for all of them, and
 * only while somebody waits. A timer and a signal for each would cost more than what it waits for.
 */
export function createTimeLimit(clock: Clock, ms: number): TimeLimit {
  /** The oldest first. */
  const waits = new Set<Wait>();
  let tick = 0;
  let idle = new AbortController();

  async function watch(over: AbortSignal): Promise<void> {
    for (;;) {
      await clock.sleep(ms / TICKS, over);
      if (over.aborted) return;
      tick += 1;
      for (const wait of waits) {
        if (wait.lastTick >= tick) break;
        wait.giveUp();
      }
    }
  }

  return (what, promise) =>
    new Promise((resolve, reject) => {
      const wait = {
        lastTick: tick + TICKS,
        giveUp: () => {
          reject(new TimeLimitError(`expected ${what} within ${ms} ms, found no answer`));
          end();
        },
      };
      const end = () => {
        if (waits.delete(wait) && waits.size === 0) idle.abort(ANSWERED);
      };
      waits.add(wait);
      if (waits.size === 1) {
        idle = new AbortController();
        void watch(idle.signal);
      }
      promise.then(resolve, reject).finally(end);
    });
}
