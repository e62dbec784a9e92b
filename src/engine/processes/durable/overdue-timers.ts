import { parseInstant } from '../../../domain/kernel/instant.ts';
import type { Timer } from '../../../domain/kernel/processes/events.ts';
import type { InstanceRef } from './records.ts';

/** The timers of a process in this instance, to be measured. */
export interface TimerReport {
  /** Timers whose time has come and that have not fired yet. */
  readonly due: number;
  /** For when the oldest of them was set; undefined when none is due. */
  readonly oldestMs: number | undefined;
  /** Timers that fired since the start. */
  readonly fired: number;
}

/** Knows the timers between the moment they are due and the record of their reaction. */
export interface OverdueTimers {
  /** Replaces what is known of an instance. */
  set(ref: InstanceRef, due: readonly Timer[]): void;
  fired(ref: InstanceRef, name: string): void;
  report(): TimerReport;
}

export function createOverdueTimers(): OverdueTimers {
  const overdue = new Map<string, Map<string, number>>();
  let fired = 0;
  const keyOf = ({ storeId, instance }: InstanceRef) => `${storeId}.${instance}`;

  return {
    set(ref, due) {
      if (due.length === 0) {
        overdue.delete(keyOf(ref));
        return;
      }
      const times = due.map(({ name, dueAt }) => [name, parseInstant(dueAt) ?? 0] as const);
      overdue.set(keyOf(ref), new Map(times));
    },
    fired(ref, name) {
      fired += 1;
      const timers = overdue.get(keyOf(ref));
      timers?.delete(name);
      if (timers?.size === 0) overdue.delete(keyOf(ref));
    },
    report() {
      let due = 0;
      let oldestMs: number | undefined;
      for (const timers of overdue.values()) {
        due += timers.size;
        for (const ms of timers.values()) oldestMs = Math.min(oldestMs ?? ms, ms);
      }
      return { due, oldestMs, fired };
    },
  };
}
