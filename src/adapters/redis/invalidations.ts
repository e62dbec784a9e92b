import { randomUUID } from 'node:crypto';

import type { Redis } from 'ioredis';

import { type CacheKey, isCacheKey } from '../../domain/kernel/names.ts';
import type { Invalidated } from '../../ports/cache.ts';
import { createInvalidationListeners } from '../shared/invalidation-listeners.ts';

interface Message {
  readonly from: string;
  readonly keys: readonly CacheKey[];
}

export interface Invalidations {
  /** Tells this process's listeners, and answers with what is to be published to the others. */
  announce(keys: readonly CacheKey[]): string;
  listen(listener: (invalidated: Invalidated) => void): () => void;
  close(): void;
}

/**
 * Announcements by publish and subscribe. Redis keeps none for whoever is not connected, so each
 * time the subscription begins anew, listeners hear that anything may have changed.
 */
export function createInvalidations(
  open: () => Redis,
  channel: string,
  checkEveryMs: number,
): Invalidations {
  const self = randomUUID();
  const listeners = createInvalidationListeners();
  let subscriber: Redis | undefined;
  let check: NodeJS.Timeout | undefined;
  let closed = false;

  async function subscribe(redis: Redis): Promise<void> {
    try {
      await redis.subscribe(channel);
    } catch {
      // Another connection begins with another subscription.
      redis.disconnect(true);
      return;
    }
    listeners.tell('all');
  }

  /** A connection on which nothing is asked never learns that it is dead. */
  function keepAsking(redis: Redis): void {
    check = setInterval(() => {
      // No answer breaks the connection, by its limit of silence.
      if (redis.status === 'ready') redis.ping().catch(() => undefined);
    }, checkEveryMs);
    check.unref();
  }

  function start(): void {
    subscriber = open();
    const redis = subscriber;
    // The other connection meets the same trouble, and tells the log.
    redis.on('error', () => undefined);
    redis.on('ready', () => void subscribe(redis));
    redis.on('message', (from, text) => {
      if (from === channel) hear(text);
    });
    keepAsking(redis);
  }

  function hear(text: string): void {
    const message = read(text);
    if (message?.from !== self) listeners.tell(message?.keys ?? 'all');
  }

  return {
    announce(keys) {
      listeners.tell(keys);
      return JSON.stringify({ from: self, keys } satisfies Message);
    },
    listen(listener) {
      const end = listeners.add(listener);
      if (!closed && !subscriber) start();
      else listener('all');
      return end;
    },
    close() {
      closed = true;
      clearInterval(check);
      subscriber?.disconnect();
    },
  };
}

/** Undefined when it is not as this version writes it: then nobody knows which keys it names. */
function read(text: string): Message | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { from, keys } = (message ?? {}) as Partial<Record<keyof Message, unknown>>;
  if (typeof from !== 'string' || !Array.isArray(keys)) return undefined;
  const isKey = (key: unknown): key is CacheKey => typeof key === 'string' && isCacheKey(key);
  return keys.every(isKey) ? { from, keys } : undefined;
}
