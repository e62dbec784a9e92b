import type { CancelSignal } from '../../src/lib/cancellation.ts';
import type { Clock } from '../../src/ports/clock.ts';

export interface FakeClock extends Clock {
  /**
   * Advances time by `ms` and wakes each sleeper at its time and in order. Woken code runs before
   * time advances further, so that a sleep which starts meanwhile is woken as well.
   */
  advance(ms: number): Promise<void>;
  /** Sets the time without waking sleepers: a clock that was corrected, also backwards. */
  set(nowMs: number): void;
  /** Current number of sleepers. */
  readonly sleeping: number;
  /** Resolves as soon as there are at least `count` sleepers. */
  untilSleeping(count?: number): Promise<void>;
  /** The lengths of all sleeps so far, in ms. */
  readonly slept: readonly number[];
}

export interface FakeClockOptions {
  /** Each sleep advances time by its length and ends in the next turn of the event loop. */
  readonly autoAdvance?: boolean;
}

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

/** Time that only the test advances. */
export function createFakeClock(
  startMs = Date.UTC(2025, 0, 1),
  { autoAdvance = false }: FakeClockOptions = {},
): FakeClock {
  let now = startMs;
  let sleepers: Sleeper[] = [];
  let watchers: { count: number; met: () => void }[] = [];
  const slept: number[] = [];

  function notifyWatchers(): void {
    const met = watchers.filter(({ count }) => sleepers.length >= count);
    watchers = watchers.filter((watcher) => !met.includes(watcher));
    for (const watcher of met) watcher.met();
  }

  function waitUntil(wakeAtMs: number, signal: CancelSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        sleepers = sleepers.filter((other) => other !== sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { wakeAtMs, wake };
      sleepers.push(sleeper);
      signal?.addEventListener('abort', wake);
      notifyWatchers();
    });
  }

  return {
    now: () => now,
    async sleep(ms, signal) {
      if (signal?.aborted) return;
      slept.push(ms);
      if (!autoAdvance) return waitUntil(now + ms, signal);
      now += ms;
      await turn();
    },
    async advance(ms) {
      const until = now + ms;
      await turn();
      for (;;) {
        const due = sleepers
          .filter(({ wakeAtMs }) => wakeAtMs <= until)
          .sort((a, b) => a.wakeAtMs - b.wakeAtMs)[0];
        if (!due) break;
        now = Math.max(now, due.wakeAtMs);
        due.wake();
        await turn();
      }
      now = Math.max(now, until);
    },
    set(nowMs) {
      now = nowMs;
    },
    get sleeping() {
      return sleepers.length;
    },
    untilSleeping(count = 1) {
      return new Promise((met) => {
        watchers.push({ count, met });
        notifyWatchers();
      });
    },
    slept,
  };
}

/** One turn of the event loop: all promises that could settle have settled. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
