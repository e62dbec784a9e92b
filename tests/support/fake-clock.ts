import type { CancelSignal } from '../../src/lib/cancellation.ts';
import type { Clock } from '../../src/ports/clock.ts';

export interface FakeClock extends Clock {
  /**
   * Moves time on by `ms`, waking each sleeper at its own moment and in order. What the woken do
   * runs before time goes on, so that a sleep begun meanwhile is met as well.
   */
  advance(ms: number): Promise<void>;
  /** Sets the time and wakes nobody: a clock that was put right, also backwards. */
  set(nowMs: number): void;
  /** Sleepers that wait now. */
  readonly sleeping: number;
  /** Resolves as soon as at least `count` sleepers wait. */
  untilSleeping(count?: number): Promise<void>;
  /** The lengths of all sleeps so far, in ms. */
  readonly slept: readonly number[];
}

export interface FakeClockOptions {
  /** Each sleep moves time on by its length and ends in the next turn of the event loop. */
  readonly autoAdvance?: boolean;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that moves only when the test says so. */
export function createFakeClock(
  startMs = Date.UTC(2025, 0, 1),
  { autoAdvance = false }: FakeClockOptions = {},
): FakeClock {
  let now = startMs;
  let sleepers: Sleeper[] = [];
  let watchers: { count: number; met: () => void }[] = [];
  const slept: number[] = [];

  function tellWatchers(): void {
    const met = watchers.filter(({ count }) => sleepers.length >= count);
    watchers = watchers.filter((watcher) => !met.includes(watcher));
    for (const watcher of met) watcher.met();
  }

  function waitUntil(at: number, signal: CancelSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        sleepers = sleepers.filter((other) => other !== sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { at, wake };
      sleepers.push(sleeper);
      signal?.addEventListener('abort', wake);
      tellWatchers();
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
        const due = sleepers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        now = Math.max(now, due.at);
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
        tellWatchers();
      });
    },
    slept,
  };
}

/** One turn of the event loop: all promises that could settle have settled. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
