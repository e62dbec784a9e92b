import { once } from 'node:events';

import type { Redis } from 'ioredis';

import type { Logger } from '../../ports/logger.ts';
import { type RedisTimeouts, withinTimeout } from './connection.ts';

/** The result of a call, or that Redis did not carry it out. */
export type Attempt<T> = { readonly done: true; readonly value: T } | { readonly done: false };

export interface Availability {
  /**
   * Runs an operation within the command timeout. Never rejects. While Redis does not respond, most
   * calls are skipped, so that a frozen server costs the timeout now and then, not on each call.
   */
  attempt<T>(name: string, operation: (redis: Redis) => Promise<T>): Promise<Attempt<T>>;
  /** Resolves when Redis responds; rejects with the reason when it does not. */
  ping(): Promise<void>;
  /** Afterwards nothing is attempted or logged. */
  close(): void;
}

const MISSED = { done: false } as const;

/** Tracks whether Redis responds, and logs the changes, not every call. */
export function createAvailability(
  redis: Redis,
  logger: Logger,
  { commandMs, pingMs, retryMs }: RedisTimeouts,
): Availability {
  const rejected = new Set<string>();
  let isDown = false;
  let closed = false;
  let everReady = false;
  let nextTryAt = 0;

  function lost(error: unknown): void {
    if (closed) return;
    nextTryAt = performance.now() + retryMs;
    if (isDown) return;
    isDown = true;
    logger.warn({ reason: reasonOf(error) }, 'Redis does not respond; continuing without it');
  }

  function succeeded(operation: string): void {
    if (isDown) logger.info({}, 'Redis responds again');
    isDown = false;
    if (rejected.delete(operation)) logger.info({ operation }, 'Redis accepts the operation again');
  }

  function wasRejected(operation: string, error: Error): void {
    if (isDown) logger.info({}, 'Redis responds again');
    isDown = false;
    if (closed || rejected.has(operation)) return;
    rejected.add(operation);
    logger.warn(
      { operation, reason: error.message },
      'Redis rejects the operation; continuing without it',
    );
  }

  redis.on('error', lost);
  redis.on('close', () => everReady && lost('connection closed'));
  redis.on('ready', () => {
    everReady = true;
    nextTryAt = 0;
  });

  return {
    async attempt(name, operation) {
      // A pending connection is not an outage; a failed one emits its own error.
      if (closed || redis.status !== 'ready') return MISSED;
      if (isDown) {
        const now = performance.now();
        if (now < nextTryAt) return MISSED;
        nextTryAt = now + retryMs;
      }
      try {
        const value = await withinTimeout(commandMs, operation(redis));
        succeeded(name);
        return { done: true, value };
      } catch (error) {
        if (isRejection(error)) wasRejected(name, error);
        else lost(error);
        return MISSED;
      }
    },
    async ping() {
      // A pending connection gets its time; its error is the reason to report.
      if (redis.status !== 'ready' && redis.status !== 'end') {
        await once(redis, 'ready', { signal: AbortSignal.timeout(pingMs) });
      }
      await withinTimeout(pingMs, redis.ping());
    },
    close() {
      closed = true;
    },
  };
}

/** The server responds and rejects the command: out of memory, read-only, no permission. */
function isRejection(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
