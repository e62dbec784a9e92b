import { Redis } from 'ioredis';

import { backoffMs } from '../../lib/backoff.ts';
import { within } from '../../lib/deadline.ts';
import { sleepOneTurnLonger } from '../shared/timer.ts';

/** Timeouts of this adapter. */
export interface RedisTimeouts {
  /** One read, write or take of points; then the caller continues without Redis. Default 50. */
  readonly commandMs: number;
  /** Default 1,000. */
  readonly pingMs: number;
  /** While Redis does not respond, one call per interval tries it; the others skip it. 250. */
  readonly retryMs: number;
  /** A connection that owes a reply for so long is closed and reopened. Default 5,000. */
  readonly stallTimeoutMs: number;
}

export const DEFAULT_TIMEOUTS: RedisTimeouts = {
  commandMs: 50,
  pingMs: 1_000,
  retryMs: 250,
  stallTimeoutMs: 5_000,
};

const RECONNECT = { initialMs: 100, maxMs: 1_000, jitter: [0.5, 1] } as const;
/** How long the server may take to close the connection. */
const DISCONNECT_MS = 200;

/** Redis did not reply in time; whether it executed the command is unknown. */
export class RedisTimeoutError extends Error {
  override readonly name = 'RedisTimeoutError';
}

/**
 * A connection that reconnects by itself. Nothing waits for it: a command that cannot be sent now,
 * or whose connection breaks, fails at once and is never sent again without the caller.
 */
export function connect(
  url: string,
  name: string,
  { stallTimeoutMs, pingMs }: RedisTimeouts,
): Redis {
  return new Redis(url, {
    connectionName: name,
    connectTimeout: pingMs,
    socketTimeout: stallTimeoutMs,
    disconnectTimeout: DISCONNECT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    // The driver counts attempts from 1.
    retryStrategy: (attempt) => backoffMs(RECONNECT, attempt - 1, Math.random()),
    // A primary that became a replica rejects writes: by now the name may lead to the new primary.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  });
}

/**
 * Waits for the promise up to `ms`; a later result is dropped.
 * @throws RedisTimeoutError
 */
export function withinTimeout<T>(ms: number, promise: Promise<T>): Promise<T> {
  const late = () => new RedisTimeoutError(`expected an answer within ${ms} ms`);
  return within({ ms, sleep: sleepOneTurnLonger, late }, promise);
}
