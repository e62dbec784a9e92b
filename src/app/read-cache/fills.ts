import type { CacheKey } from '../../domain/kernel/names.ts';

/** A body that is being read, to be cached. */
export interface Fill {
  /** It was changed meanwhile: what was read may be older, and must not be cached. */
  isStale: boolean;
}

/** The bodies that are being read at the moment. Bounded by the requests in progress. */
export interface Fills {
  begin(key: CacheKey): Fill;
  end(key: CacheKey, fill: Fill): void;
  /** Marks those of the keys as stale. */
  changed(keys: readonly CacheKey[] | 'all'): void;
}

export function createFills(): Fills {
  const running = new Map<CacheKey, Set<Fill>>();
  const mark = (fills: Iterable<Fill> = []) => {
    for (const fill of fills) fill.isStale = true;
  };
  return {
    begin(key) {
      const fill = { isStale: false };
      const fills = running.get(key) ?? new Set();
      running.set(key, fills.add(fill));
      return fill;
    },
    end(key, fill) {
      const fills = running.get(key);
      fills?.delete(fill);
      if (fills?.size === 0) running.delete(key);
    },
    changed(keys) {
      if (keys === 'all') for (const fills of running.values()) mark(fills);
      else for (const key of keys) mark(running.get(key));
    },
  };
}
