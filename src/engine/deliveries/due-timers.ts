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

  function take(
    timers: typeof due,
    nowMs: number,
    timeOf: (entry: DueEntry) => number,
  ): DueEntry | undefined {
    for (let timer = timers.peek(); timer && timer.atMs <= nowMs; timer = timers.peek()) {
      timers.pop();
      if (isOpen(timer.entry) && timeOf(timer.entry) === timer.atMs) return timer.entry;
    }
    return undefined;
  }

  return {
    schedule(entry) {
      if (!isOpen(entry)) return;
      due.push({ entry, atMs: wakeAtMs(entry) });
      expiries.push({ entry, atMs: expiryMs(entry) });
    },
    takeDue: (nowMs) => take(due, nowMs, wakeAtMs),
    takeExpired: (nowMs) => take(expiries, nowMs, expiryMs),
    nextMs: () => Math.min(due.peek()?.atMs ?? Infinity, expiries.peek()?.atMs ?? Infinity),
  };
}
