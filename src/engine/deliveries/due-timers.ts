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
  /** Timers in memory, with those that were overtaken. */
  readonly size: number;
}

/** Overtaken timers are removed when this many were added, and as many as there are. */
const MIN_ADDED = 1_000;

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

  let compactAt = MIN_ADDED;

  /** Without it, each delivery that was sent would stay until the time at which it had expired. */
  function compact(): void {
    due.keepOnly(({ entry, atMs }) => isOpen(entry) && wakeAtMs(entry) === atMs);
    expiries.keepOnly(({ entry, atMs }) => {
      const isLive = liveExpiry.get(entry) === atMs;
      if (isLive && isOpen(entry)) return true;
      // One whose attempt is running is scheduled again after it.
      if (isLive) liveExpiry.delete(entry);
      return false;
    });
    compactAt = 2 * (due.size + expiries.size) + MIN_ADDED;
  }

  return {
    schedule(entry) {
      if (!isOpen(entry)) return;
      if (due.size + expiries.size >= compactAt) compact();
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
    get size() {
      return due.size + expiries.size;
    },
  };
}
