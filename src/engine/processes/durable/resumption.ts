import { parseInstant } from '../../../domain/kernel/instant.ts';
import type { Timer } from '../../../domain/kernel/processes/events.ts';
import type { CancelSignal } from '../../../lib/cancellation.ts';
import type { InstanceState } from './instance-state.ts';
import type { InstanceRef } from './records.ts';

/** The timers that are due, and the others. */
export function splitTimers({ timers }: InstanceState, nowMs: number) {
  const isDue = ({ dueAt }: Timer) => (parseInstant(dueAt) ?? 0) <= nowMs;
  return { due: timers.filter(isDue), later: timers.filter((timer) => !isDue(timer)) };
}

/**
 * Starts the resumption of an instance. One that is asked for while another is in progress follows
 * it, once.
 */
export function createResumption(
  resume: (ref: InstanceRef) => Promise<void>,
  { stopping }: { readonly stopping: CancelSignal },
  tasks: { start(work: () => Promise<void>): void },
): (ref: InstanceRef) => void {
  /** What is in progress, and whether it was asked for again. */
  const resuming = new Map<string, boolean>();

  function start(ref: InstanceRef): void {
    const key = `${ref.storeId}.${ref.instance}`;
    if (resuming.has(key)) {
      resuming.set(key, true);
      return;
    }
    resuming.set(key, false);
    const finished = () => {
      const again = resuming.get(key) === true && !stopping.aborted;
      resuming.delete(key);
      if (again) start(ref);
    };
    tasks.start(() => resume(ref).finally(finished));
  }
  return start;
}
