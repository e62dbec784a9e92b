import { cacheKey } from '../../domain/kernel/names.ts';
import type { Cache } from '../../ports/cache.ts';
import type { GuardReport } from '../../ports/provider-guard.ts';

type Whose = Pick<GuardReport, 'storeId' | 'provider'>;

/**
 * Which breakers are open, as all instances know it. A mark ends by itself. While the cache is away
 * or empty there are none, and each instance goes by its own calls.
 */
export interface OpenMarks {
  /** Until when another instance, or this one, found that it is open; undefined: it is not. */
  untilMs(whose: Whose): Promise<number | undefined>;
  /** Never throws. */
  put(whose: Whose, untilMs: number): Promise<void>;
}

export function createOpenMarks(cache: Pick<Cache, 'get' | 'put'>, now: () => number): OpenMarks {
  const keyOf = ({ storeId, provider }: Whose) => cacheKey('caller', storeId, 'breaker', provider);
  return {
    async untilMs(whose) {
      const text = await cache.get(keyOf(whose));
      const untilMs = Number(text ?? 0);
      return untilMs > now() ? untilMs : undefined;
    },
    async put(whose, untilMs) {
      const ttlMs = Math.ceil(untilMs - now());
      if (ttlMs >= 1) await cache.put(keyOf(whose), String(untilMs), { ttlMs });
    },
  };
}

/** Without a cache. */
export const NO_MARKS: OpenMarks = {
  untilMs: () => Promise.resolve(undefined),
  put: () => Promise.resolve(),
};
