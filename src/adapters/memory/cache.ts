import { LRUCache } from 'lru-cache';

import type { Cache } from '../../ports/cache.ts';
import { checkTtl, isTooLarge } from '../shared/cache-limits.ts';
import { createInvalidationListeners } from '../shared/invalidation-listeners.ts';

/** Room for what one process keeps; the values not read for longest go first. */
const MAX_CHARACTERS = 32 * 1_048_576;

/** The cache of a single process. */
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
      if (isTooLarge(value)) kept.delete(key);
      else kept.set(key, value, { ttl: ttlMs });
    },
    async drop(keys) {
      for (const key of keys) kept.delete(key);
    },
    async announce(keys) {
      listeners.tell(keys);
    },
    onInvalidated(listener) {
      const end = listeners.add(listener);
      listener('all');
      return end;
    },
  };
}
