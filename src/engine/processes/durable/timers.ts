import { parseInstant } from '../../../domain/kernel/instant.ts';
import type { Timer } from '../../../domain/kernel/processes/events.ts';
import type { InstanceRef } from './records.ts';

/** Timers that are due soon, by instance. Those further off are found by the next poll. */
export interface SoonTimers {
  /** Keeps the earliest timer of an instance if it is due before `horizonMs`. */
  schedule(ref: InstanceRef, timers: readonly Timer[], horizonMs: number): void;
  /** Takes out the instances with a timer that is due. */
  takeDue(nowMs: number): readonly InstanceRef[];
  /** When the earliest is due. */
  nextMs(): number;
}

export function createSoonTimers(): SoonTimers {
  const soon = new Map<string, { readonly ref: InstanceRef; readonly dueMs: number }>();
  return {
    schedule(ref, timers, horizonMs) {
      const key = `${ref.storeId}.${ref.instance}`;
      const dueMs = Math.min(...timers.map(({ dueAt }) => parseInstant(dueAt) ?? 0));
      if (dueMs < horizonMs) soon.set(key, { ref, dueMs });
      else soon.delete(key);
    },
    takeDue(nowMs) {
      const due = [...soon].filter(([, { dueMs }]) => dueMs <= nowMs);
      for (const [key] of due) soon.delete(key);
      return due.map(([, { ref }]) => ref);
    },
    nextMs() {
      let next = Infinity;
      for (const { dueMs } of soon.values()) next = Math.min(next, dueMs);
      return next;
    },
  };
}
