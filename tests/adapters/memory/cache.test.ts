import { createMemoryCache } from '../../../src/adapters/memory/cache.ts';
import { cacheKey } from '../../../src/domain/kernel/names.ts';
import { MAX_CACHE_VALUE_BYTES } from '../../../src/ports/cache.ts';
import { describeCacheContract } from '../../contracts/cache/suite.ts';

describeCacheContract('memory', async () => {
  const cache = createMemoryCache();
  return { cache, peer: cache, destroy: () => Promise.resolve() };
});

describe('the memory cache', () => {
  it('is bounded, and evicts the least recently used values', async () => {
    const cache = createMemoryCache();
    const keys = Array.from({ length: 40 }, (_, n) => cacheKey('document', 's1', `${n}`));
    const value = 'x'.repeat(MAX_CACHE_VALUE_BYTES);
    for (const key of keys) await cache.put(key, value, { ttlMs: 60_000 });
    const kept = await Promise.all(keys.map((key) => cache.get(key)));

    expect(kept.filter((each) => each !== undefined)).toHaveLength(31);
    expect(kept[0]).toBeUndefined();
    expect(kept.at(-1)).toBeDefined();
  });
});
