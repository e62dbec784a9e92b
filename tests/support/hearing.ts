import type { CacheKey } from '../../src/domain/kernel/names.ts';
import type { Cache } from '../../src/ports/cache.ts';

/** The invalidations that a listener has received. */
export interface Hearing {
  readonly keys: readonly CacheKey[];
  /** How often it was notified that anything may have changed. */
  readonly alls: number;
  /** Resolves as soon as the condition holds; checked after each invalidation. */
  until(holds: () => boolean): Promise<void>;
  end(): void;
}

export function hearingOf(cache: Cache): Hearing {
  const keys: CacheKey[] = [];
  const looks = new Set<() => void>();
  let alls = 0;
  const end = cache.onInvalidated((invalidated) => {
    if (invalidated === 'all') alls++;
    else keys.push(...invalidated);
    for (const look of looks) look();
  });
  return {
    keys,
    get alls() {
      return alls;
    },
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds()) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
      }),
    end,
  };
}
