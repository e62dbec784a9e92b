/** How long this adapter waits, whatever the server or the network does. */
export interface MongoTimeouts {
  /** One read, and each of the answers of a lease. Default 5,000. */
  readonly readMs: number;
  /** One commit as a whole, or one other write. Default 15,000. */
  readonly writeMs: number;
  /** Making, mending or dropping a collection: indexes are built meanwhile. Default 300,000. */
  readonly buildMs: number;
  /** Default 2,000. */
  readonly pingMs: number;
  /** A connection that is being made, or a look at whether the server is there. Default 5,000. */
  readonly connectMs: number;
}

export const DEFAULT_TIMEOUTS: MongoTimeouts = {
  readMs: 5_000,
  writeMs: 15_000,
  buildMs: 300_000,
  pingMs: 2_000,
  connectMs: 5_000,
};

/** MongoDB did not answer in time; whether it did what it was asked for is not known. */
export class MongoTimeLimitError extends Error {
  override readonly name = 'MongoTimeLimitError';
}

/**
 * Waits for the promise, but no longer than `ms`; what comes later is dropped. When this process
 * itself was held up, an answer that lies ready is still taken.
 */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    const late = () =>
      reject(new MongoTimeLimitError(`expected ${what} within ${ms} ms, found no answer`));
    timer = setTimeout(() => setImmediate(late), ms);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** A look at whether the limit has passed since: throws when nobody waits for the rest any more. */
export function limitOf(ms: number): () => void {
  const end = performance.now() + ms;
  return () => {
    if (performance.now() <= end) return;
    throw new MongoTimeLimitError(`expected to be done within ${ms} ms, gave up`);
  };
}
