import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { createDueEntries } from './due-entries.ts';
import { type DueChange, type DueEntry, wakeAtMs } from './due-entry.ts';
import { createDueLines } from './due-lines.ts';
import { createDueTimers } from './due-timers.ts';
import type { DeliveryRef } from './ledger.ts';
import { createParkedDeliveries, type ParkedDelivery } from './parked-deliveries.ts';
import { createReadyQueues } from './ready-queues.ts';

/**
 * What is to be sent, and when: folded from the log in memory, and rebuilt from it at each start.
 * It only saves work; before each attempt the log itself is asked.
 */
export interface DueIndex {
  /** @returns the entry, when the event opened one. */
  apply(event: RecordedEvent, ref: DeliveryRef, change: DueChange): DueEntry | undefined;
  /** Takes a due delivery out of the queue, of a channel that can send, or one that has expired. */
  take(nowMs: number, canSend: (channel: string) => boolean): DueEntry | undefined;
  /**
   * Puts a delivery back that was taken: it is due as the events since then say; without one, again
   * at `dueAtMs`.
   */
  giveBack(entry: DueEntry, dueAtMs: number): void;
  /** The time at which the next one is due; Infinity when none is. */
  nextDueMs(): number;
  /** Those with an attempt that no worker of this instance makes. */
  attemptsElsewhere(): readonly DueEntry[];
  entries(): Iterable<DueEntry>;
  /** Counts one that was parked before the place from which the log is read. */
  addParked(parked: ParkedDelivery): void;
  /** How many wait for a decision of a person, by channel. */
  parked(): ReadonlyMap<string, number>;
  readonly size: number;
}

export function createDueIndex(): DueIndex {
  const lines = createDueLines();
  const ready = createReadyQueues();
  const parked = createParkedDeliveries();
  const isOpen = (entry: DueEntry) => entries.all.get(entry.key) === entry && !entry.busy;
  const timers = createDueTimers(isOpen);
  const entries = createDueEntries(lines, parked, (entry) => timers.schedule(entry));

  return {
    apply: (...args) => entries.apply(...args),
    take(nowMs, canSend) {
      for (let due = timers.takeDue(nowMs); due; due = timers.takeDue(nowMs)) ready.push(due);
      const isReady = (entry: DueEntry) =>
        isOpen(entry) && wakeAtMs(entry) <= nowMs && lines.isFirst(entry);
      const entry = ready.take(canSend, isReady) ?? timers.takeExpired(nowMs);
      if (!entry) return undefined;
      entry.busy = true;
      entry.takenAt = entry.revision;
      return entry;
    },
    giveBack(entry, dueAtMs) {
      entry.busy = false;
      const current = entries.all.get(entry.key);
      if (!current) return;
      current.busy = false;
      if (current === entry && entry.revision === entry.takenAt) entry.dueAtMs = dueAtMs;
      timers.schedule(current);
    },
    nextDueMs: () => timers.nextMs(),
    attemptsElsewhere: () =>
      [...entries.all.values()].filter(({ state, busy }) => state === 'sending' && !busy),
    entries: () => entries.all.values(),
    addParked: (known) => parked.add(known),
    parked: () => parked.counts(),
    get size() {
      return entries.all.size;
    },
  };
}
