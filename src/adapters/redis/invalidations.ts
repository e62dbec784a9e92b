import { randomUUID } from 'node:crypto';

import type { Redis } from 'ioredis';

import { type CacheKey, isCacheKey } from '../../domain/kernel/names.ts';
import type { Invalidated } from '../../ports/cache.ts';
import type { Logger } from '../../ports/logger.ts';
import { createInvalidationListeners } from '../shared/invalidation-listeners.ts';

interface Message {
  readonly from: string;
  readonly keys: readonly CacheKey[];
}

export interface Invalidations {
  /** Notifies the listeners of this instance, and returns the message for the other instances. */
  announce(keys: readonly CacheKey[]): string;
  listen(listener: (invalidated: Invalidated) => void): () => void;
  /** Whether there is a subscription. */
  isListening(): boolean;
  close(): void;
}

/**
 * Announcements by publish and subscribe. Redis keeps no messages for a disconnected subscriber, so
 * after each new subscription the listeners are notified that anything may have changed.
 */
export function createInvalidations(
  open: () => Redis,
  channel: string,
  checkEveryMs: number,
  logger: Logger,
): Invalidations {
  const instanceId = randomUUID();
  const listeners = createInvalidationListeners();
  let subscriber: Redis | undefined;
  let check: NodeJS.Timeout | undefined;
  let closed = false;
  let isSubscribed = false;

  async function subscribe(redis: Redis): Promise<void> {
    try {
      await redis.subscribe(channel);
    } catch {
      // The next connection subscribes again.
      redis.disconnect(true);
      return;
    }
    isSubscribed = redis.status === 'ready';
    notify('all');
  }

  /** For callbacks of the client: an error of a listener there would end the instance. */
  function notify(invalidated: Invalidated): void {
    try {
      listeners.notify(invalidated);
    } catch (error) {
      logger.error({ error: String(error) }, 'an invalidation listener failed');
    }
  }

  function start(): void {
    subscriber = open();
    const redis = subscriber;
    // The command connection has the same trouble, and logs it.
    redis.on('error', () => undefined);
    redis.on('ready', () => void subscribe(redis));
    redis.on('close', () => {
      isSubscribed = false;
    });
    redis.on('message', (from, text) => {
      if (from === channel) receive(text);
    });
    check = pingEvery(checkEveryMs, redis);
  }

  function receive(text: string): void {
    const message = parse(text);
    if (message?.from !== instanceId) notify(message?.keys ?? 'all');
  }

  return {
    announce(keys) {
      notify(keys);
      return JSON.stringify({ from: instanceId, keys } satisfies Message);
    },
    listen(listener) {
      const remove = listeners.add(listener);
      if (!closed && !subscriber) start();
      else listener('all');
      return remove;
    },
    isListening: () => isSubscribed,
    close() {
      closed = true;
      isSubscribed = false;
      clearInterval(check);
      subscriber?.disconnect();
    },
  };
}

/** Without traffic a dead connection is never noticed. */
function pingEvery(everyMs: number, redis: Redis): NodeJS.Timeout {
  const check = setInterval(() => {
    // Without a reply the socket timeout closes the connection.
    if (redis.status === 'ready') redis.ping().catch(() => undefined);
  }, everyMs);
  return check.unref();
}

/** Undefined when another version wrote it: then it is unknown which keys it names. */
function parse(text: string): Message | undefined {
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
