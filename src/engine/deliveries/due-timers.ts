import { createHeap } from '../../lib/heap.ts';
import { type DueEntry, expiryMs, wakeAtMs } from './due-entry.ts';

interface Timer {
  readonly entry: DueEntry;
  readonly atMs: number;
}

/** When each delivery must be looked at. A timer that an event has overtaken is passed over. */
export interface DueTimers {
  schedule(entry: DueEntry): void;
  /** The next one that is due, once for each timer. */
  takeDue(nowMs: number): DueEntry | undefined;
  /** The next one that has expired, whatever its channel does. */
  takeExpired(nowMs: number): DueEntry | undefined;
  /** Infinity when there is none. */
  nextMs(): number;
}

export function createDueTimers(isOpen: (entry: DueEntry) => boolean): DueTimers {
  const due = createHeap<Timer>((a, b) => a.atMs < b.atMs);
  const expiries = createHeap<Timer>((a, b) => a.atMs < b.atMs);

  /** The time of the one timer of an entry in `expiries` that counts. */
  const liveExpiry = new WeakMap<DueEntry, number>();

  function take(
    timers: typeof due,
    nowMs: number,
    timeOf: (entry: DueEntry) => number,
  ): DueEntry | undefined {
    for (let timer = timers.peek(); timer && timer.atMs <= nowMs; timer = timers.peek()) {
      timers.pop();
      const isExpiry = timers === expiries && liveExpiry.get(timer.entry) === timer.atMs;
      if (isExpiry) liveExpiry.delete(timer.entry);
      if (isOpen(timer.entry) && timeOf(timer.entry) === timer.atMs) return timer.entry;
    }
    return undefined;
  }

  return {
    schedule(entry) {
      if (!isOpen(entry)) return;
      due.push({ entry, atMs: wakeAtMs(entry) });
      const atMs = expiryMs(entry);
      // Each attempt schedules it again, mostly for the same time.
      if (liveExpiry.get(entry) === atMs) return;
      liveExpiry.set(entry, atMs);
      expiries.push({ entry, atMs });
    },
    takeDue: (nowMs) => take(due, nowMs, wakeAtMs),
    takeExpired: (nowMs) => take(expiries, nowMs, expiryMs),
    nextMs: () => Math.min(due.peek()?.atMs ?? Infinity, expiries.peek()?.atMs ?? Infinity),
  };
}
