import type { CancelSignal } from '../lib/cancellation.ts';

/** The time of the system. All waits use it. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal?: CancelSignal): Promise<void>;
}
