import { LRUCache } from 'lru-cache';

import type { Cache } from '../../ports/cache.ts';
import { checkTtl, isTooLarge } from '../shared/cache-limits.ts';
import { createInvalidationListeners } from '../shared/invalidation-listeners.ts';

/** Limit of what one instance keeps; the least recently used values are evicted first. */
const MAX_CHARACTERS = 32 * 1_048_576;

/** The cache of a single instance. */
export function createMemoryCache(): Cache {
  const listeners = createInvalidationListeners();
  const kept = new LRUCache<string, string>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (value, key) => value.length + key.length,
  });
  return {
    async get(key) {
      return kept.get(key);
    },
    async put(key, value, { ttlMs }) {
      checkTtl(ttlMs);
      const isKept = !isTooLarge(value);
      if (isKept) kept.set(key, value, { ttl: ttlMs });
      else kept.delete(key);
      return isKept;
    },
    async drop(keys) {
      for (const key of keys) kept.delete(key);
      return true;
    },
    async announce(keys) {
      listeners.notify(keys);
      return true;
    },
    onInvalidated(listener) {
      const remove = listeners.add(listener);
      listener('all');
      return remove;
    },
    isListening: () => true,
  };
}
