import { Redis } from 'ioredis';

/** How long this adapter waits. */
export interface RedisTimeouts {
  /** One read, write or take of points: past it, the caller goes on without Redis. Default 50. */
  readonly commandMs: number;
  /** Default 1,000. */
  readonly pingMs: number;
  /** While Redis does not answer, one call in so long tries it; the others do not wait. 250. */
  readonly retryMs: number;
  /** A connection that owes an answer for so long is broken and made anew. Default 5,000. */
  readonly silenceMs: number;
}

export const DEFAULT_TIMEOUTS: RedisTimeouts = {
  commandMs: 50,
  pingMs: 1_000,
  retryMs: 250,
  silenceMs: 5_000,
};

const FIRST_RETRY_MS = 50;
const MOST_RETRY_MS = 1_000;
/** How long the other side may take to say goodbye. */
const DISCONNECT_MS = 200;

/** Redis did not answer in time; whether it did what it was asked for is not known. */
export class RedisTimeoutError extends Error {
  override readonly name = 'RedisTimeoutError';
}

/**
 * A connection that mends itself. Nothing waits for it: a command that cannot be sent now, or whose
 * connection breaks, fails at once and is never sent again behind the caller's back.
 */
export function connect(url: string, name: string, { silenceMs, pingMs }: RedisTimeouts): Redis {
  return new Redis(url, {
    connectionName: name,
    connectTimeout: pingMs,
    socketTimeout: silenceMs,
    disconnectTimeout: DISCONNECT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    retryStrategy: (attempt) =>
      Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempt, 10), MOST_RETRY_MS) *
      (0.5 + Math.random() / 2),
    // A primary that became a replica takes no writes: the name may lead to the new one by now.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  });
}

/**
 * Waits for the promise, but no longer than `ms`; what comes later is dropped. When this process
 * itself was held up, an answer that lies ready is still taken.
 */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    const late = () => reject(new RedisTimeoutError(`expected an answer within ${ms} ms`));
    timer = setTimeout(() => setImmediate(late), ms);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
