import { once } from 'node:events';

import type { Redis } from 'ioredis';

import type { Logger } from '../../ports/logger.ts';
import { type RedisTimeouts, within } from './connection.ts';

/** What became of a call: its answer, or that Redis did not do it. */
export type Attempt<T> = { readonly done: true; readonly value: T } | { readonly done: false };

export interface Availability {
  /**
   * Lets Redis do something within its limit. Never rejects. While Redis does not answer, most
   * calls are not even tried, so that a frozen one costs its limit now and then, not each time.
   */
  attempt<T>(what: string, operation: (redis: Redis) => Promise<T>): Promise<Attempt<T>>;
  /** Answers when Redis answers; throws with the reason when it does not. */
  ping(): Promise<void>;
  /** Nothing is tried or logged any more. */
  close(): void;
}

const MISSED = { done: false } as const;

/** Knows whether Redis answers, and tells the log when that changes, not for every call. */
export function createAvailability(
  redis: Redis,
  logger: Logger,
  { commandMs, pingMs, retryMs }: RedisTimeouts,
): Availability {
  const refused = new Set<string>();
  let away = false;
  let closed = false;
  let everReady = false;
  let nextTryAt = 0;

  function lost(error: unknown): void {
    if (closed) return;
    nextTryAt = performance.now() + retryMs;
    if (away) return;
    away = true;
    logger.warn({ reason: wordsOf(error) }, 'Redis does not answer; going on without it');
  }

  function answered(what: string): void {
    if (away) logger.info({}, 'Redis answers again');
    away = false;
    if (refused.delete(what)) logger.info({ what }, 'Redis does again what it refused');
  }

  function refuse(what: string, error: Error): void {
    if (away) logger.info({}, 'Redis answers again');
    away = false;
    if (closed || refused.has(what)) return;
    refused.add(what);
    logger.warn({ what, reason: error.message }, 'Redis refuses; going on without it');
  }

  redis.on('error', lost);
  redis.on('close', () => everReady && lost('connection closed'));
  redis.on('ready', () => {
    everReady = true;
    nextTryAt = 0;
  });

  return {
    async attempt(what, operation) {
      // A connection that is being made is not an outage; one that is not made tells so itself.
      if (closed || redis.status !== 'ready') return MISSED;
      if (away) {
        const now = performance.now();
        if (now < nextTryAt) return MISSED;
        nextTryAt = now + retryMs;
      }
      try {
        const value = await within(commandMs, operation(redis));
        answered(what);
        return { done: true, value };
      } catch (error) {
        if (isRefusal(error)) refuse(what, error);
        else lost(error);
        return MISSED;
      }
    },
    async ping() {
      // A connection that is being made gets its time; an error of it is the reason to tell.
      if (redis.status !== 'ready' && redis.status !== 'end') {
        await once(redis, 'ready', { signal: AbortSignal.timeout(pingMs) });
      }
      await within(pingMs, redis.ping());
    },
    close() {
      closed = true;
    },
  };
}

/** The server is there and will not do it: out of memory, read-only, no right. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
