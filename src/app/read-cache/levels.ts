import type { CacheKey } from '../../domain/kernel/names.ts';
import type { CachedRead } from '../../engine/projections/cached-read.ts';
import type { Cache, Invalidated } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CacheEntry, CacheSource } from './cache-entry.ts';
import { createLocalLevel, type LocalLevel, type LocalLevelLimits } from './local-level.ts';
import { createSharedLevel } from './shared-level.ts';
import type { CacheStatistics } from './statistics.ts';

export interface LevelsOptions {
  /** The cache that instances share; absent: each keeps its own, where it may. */
  readonly cache?: Cache | undefined;
  /** No other instance writes the read models of this one. */
  readonly isAlone: boolean;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
  readonly limits?: LocalLevelLimits;
}

/** Both levels of the cache. */
export interface Levels {
  readonly mode: 'off' | 'local' | 'shared';
  readonly local: Pick<LocalLevel, 'entries' | 'bytes'>;
  /** From the memory of this instance. */
  near(read: CachedRead, key: CacheKey, source: CacheSource): CacheEntry | undefined;
  /** From the cache of all instances. */
  far(read: CachedRead, key: CacheKey): Promise<CacheEntry | undefined>;
  /** Keeps an entry in memory. */
  keepNear(read: CachedRead, key: CacheKey, entry: CacheEntry): void;
  keep(read: CachedRead, key: CacheKey, entry: CacheEntry): void;
  /** Drops them here at once, and for all instances soon. */
  drop(read: CachedRead, keys: readonly CacheKey[]): void;
}

export function createLevels(
  { cache, isAlone, clock, stopping, limits }: LevelsOptions,
  statistics: CacheStatistics,
  onInvalidated: (invalidated: Invalidated) => void,
): Levels {
  const local = createLocalLevel(limits);
  const shared =
    cache && createSharedLevel({ cache, clock, statistics, onInvalidated: forget, stopping });
  const usesLocal = () => isAlone || cache?.isListening() === true;
  /** Each change is reported here before the progress that includes it: what is left is current. */
  const isKeptCurrent = ({ projections, droppedBy }: CachedRead) =>
    isAlone && projections.every((name) => name === droppedBy);

  function forget(changed: Invalidated): void {
    onInvalidated(changed);
    if (changed === 'all') local.clear();
    else for (const key of changed) local.delete(key);
  }

  function keepNear(read: CachedRead, key: CacheKey, entry: CacheEntry): void {
    if (!usesLocal()) return;
    const untilMs = Math.min(entry.untilMs, clock.now() + read.maxLocalAgeMs);
    local.set(key, { ...entry, untilMs });
  }

  return {
    mode: shared ? 'shared' : isAlone ? 'local' : 'off',
    local,
    near(read, key, { at }) {
      const kept = usesLocal() ? local.get(key) : undefined;
      return kept && isKeptCurrent(read) ? { ...kept, at } : kept;
    },
    far: async (read, key) => shared?.get(read.name, key),
    keepNear,
    keep(read, key, entry) {
      keepNear(read, key, entry);
      shared?.put(read.name, key, entry);
    },
    drop(read, keys) {
      forget(keys);
      void shared?.changed(read.name, keys);
    },
  };
}
