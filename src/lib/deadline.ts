import { type CancelSignal, createCancelController } from './cancellation.ts';

export interface Deadline {
  readonly ms: number;
  /** Resolves after `ms`, or as soon as the signal aborts. */
  readonly sleep: (ms: number, signal: CancelSignal) => Promise<void>;
  /** Makes the error of a promise that did not settle in time. */
  readonly late: () => Error;
}

/**
 * Waits for the promise until the deadline; a later result is dropped.
 * @throws what the promise rejects with, or what `late` makes.
 */
export async function within<T>({ ms, sleep, late }: Deadline, promise: Promise<T>): Promise<T> {
  const settled = createCancelController();
  const limit = async (): Promise<T> => {
    await sleep(ms, settled);
    // The race is over, and an error with its stack would cost more than the wait.
    if (settled.aborted) return promise;
    throw late();
  };
  try {
    return await Promise.race([promise, limit()]);
  } finally {
    settled.cancel();
  }
}
