import { within } from '../../lib/deadline.ts';
import { sleepOneTurnLonger } from '../shared/timer.ts';

/** Timeouts of this adapter, kept whatever the server or the network does. */
export interface MongoTimeouts {
  /** One read, or one operation on a lease. Default 5,000. */
  readonly readMs: number;
  /** One commit as a whole, or one other write. Default 15,000. */
  readonly writeMs: number;
  /** Creating, repairing or dropping a collection, index builds included. Default 300,000. */
  readonly buildMs: number;
  /** Default 2,000. */
  readonly pingMs: number;
  /** Opening a connection, or checking whether the server is up. Default 5,000. */
  readonly connectMs: number;
}

export const DEFAULT_TIMEOUTS: MongoTimeouts = {
  readMs: 5_000,
  writeMs: 15_000,
  buildMs: 300_000,
  pingMs: 2_000,
  connectMs: 5_000,
};

/** MongoDB did not reply in time; whether it executed the operation is unknown. */
export class MongoTimeLimitError extends Error {
  override readonly name = 'MongoTimeLimitError';
}

/**
 * Waits for the promise up to `ms`; a later result is dropped. `expected` is what should have
 * happened, for the error.
 * @throws MongoTimeLimitError
 */
export function withinTimeout<T>(ms: number, expected: string, promise: Promise<T>): Promise<T> {
  const late = () =>
    new MongoTimeLimitError(`expected ${expected} within ${ms} ms, found no answer`);
  return within({ ms, sleep: sleepOneTurnLonger, late }, promise);
}

/** Starts a time limit. The returned check throws once it has passed: nothing waits any longer. */
export function createTimeCheck(ms: number): () => void {
  const end = performance.now() + ms;
  return () => {
    if (performance.now() <= end) return;
    throw new MongoTimeLimitError(`expected to be done within ${ms} ms, found no response`);
  };
}
