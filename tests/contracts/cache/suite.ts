import { type CacheKey, cacheKey } from '../../../src/domain/kernel/names.ts';
import type { Cache } from '../../../src/ports/cache.ts';
import { describeInvalidation } from './invalidation.ts';
import { describeLifetime } from './lifetime.ts';
import { describeValues } from './values.ts';

export interface OpenedCache {
  readonly cache: Cache;
  /** The same cache as another process has it. */
  readonly peer: Cache;
  /** How long the store itself will keep the value; absent where it cannot be asked. */
  readonly remainingMs?: (key: CacheKey) => Promise<number>;
  readonly destroy: () => Promise<void>;
}

/** What the themes of the suite share: one fresh, empty cache per test. */
export interface Contract {
  readonly cache: () => Cache;
  readonly opened: () => OpenedCache;
}

export const KEY = cacheKey('document', 's1', 'order-details', '7');
export const LONG = { ttlMs: 60_000 };

/** What every cache must do. */
export function describeCacheContract(name: string, open: () => Promise<OpenedCache>): void {
  describe(`the ${name} cache`, () => {
    let opened: OpenedCache;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.destroy());

    const contract: Contract = { cache: () => opened.cache, opened: () => opened };
    describeValues(contract);
    describeLifetime(contract);
    describeInvalidation(contract);
  });
}
