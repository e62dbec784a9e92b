import type { CacheKey } from '../../domain/kernel/names.ts';
import { createBoundedMap } from '../../lib/bounded-map.ts';
import type { Cache, Invalidated } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import { type CacheEntry, decodeEntry, encodeEntry } from './cache-entry.ts';
import type { CacheStatistics } from './statistics.ts';

/** Pause before drops that failed are tried again. */
export const RETRY_DROPS_MS = 1_000;
/** Drops that wait; what is beyond is bounded by the time that a value lives. */
const MAX_WAITING_DROPS = 10_000;
/**
 * A value that was stored so shortly before its invalidation arrived may have been read before the
 * change and stored after the drop.
 */
const SETTLE_MS = 10_000;
const MAX_RECENT_PUTS = 10_000;

/** The second level: the cache that instances share. */
export interface SharedLevel {
  /** `get` alone is waited for by a request: an entry that could not be read is a miss. */
  get(type: string, key: CacheKey): Promise<CacheEntry | undefined>;
  put(type: string, key: CacheKey, entry: CacheEntry): void;
  /** Drops the keys for all instances, and repeats it until it is done. Never rejects. */
  changed(type: string, keys: readonly CacheKey[]): Promise<void>;
}

export interface SharedLevelOptions {
  readonly cache: Cache;
  readonly clock: Clock;
  readonly statistics: CacheStatistics;
  /** The keys that other instances, or this one, have changed. */
  readonly onInvalidated: (invalidated: Invalidated) => void;
  readonly stopping: AbortSignal;
}

export function createSharedLevel(options: SharedLevelOptions): SharedLevel {
  const { cache, clock, statistics, onInvalidated, stopping } = options;
  const waiting = new Map<CacheKey, string>();
  const recentPuts = createBoundedMap<CacheKey, { readonly type: string; readonly atMs: number }>(
    MAX_RECENT_PUTS,
  );
  let isRetrying = false;

  async function drop(type: string, keys: readonly CacheKey[]): Promise<boolean> {
    let startedMs = performance.now();
    const isDropped = await cache.drop(keys);
    statistics.operation(type, 'drop', startedMs, isDropped);
    // Announced after the drop, so that no instance reads the old value again.
    startedMs = performance.now();
    const isAnnounced = await cache.announce(keys);
    statistics.operation(type, 'announce', startedMs, isAnnounced);
    return isDropped && isAnnounced;
  }

  async function retryDrops(): Promise<void> {
    isRetrying = true;
    while (waiting.size > 0) {
      await clock.sleep(RETRY_DROPS_MS, stopping);
      if (stopping.aborted) return;
      const all = [...waiting];
      for (const type of new Set(all.map(([, each]) => each))) {
        const keys = all.flatMap(([key, each]) => (each === type ? [key] : []));
        if (await drop(type, keys)) for (const key of keys) waiting.delete(key);
      }
    }
    isRetrying = false;
  }

  async function changed(type: string, keys: readonly CacheKey[]): Promise<void> {
    for (const key of keys) recentPuts.delete(key);
    if (await drop(type, keys)) return;
    for (const key of keys) if (waiting.size < MAX_WAITING_DROPS) waiting.set(key, type);
    if (!isRetrying) void retryDrops();
  }

  /** What this instance stored just now may be older than the change. */
  function dropRecent(keys: readonly CacheKey[]): void {
    const nowMs = clock.now();
    for (const key of keys) {
      const put = recentPuts.get(key);
      recentPuts.delete(key);
      if (put && nowMs - put.atMs < SETTLE_MS) void changed(put.type, [key]);
    }
  }

  const remove = cache.onInvalidated((invalidated) => {
    onInvalidated(invalidated);
    if (invalidated !== 'all') dropRecent(invalidated);
  });
  stopping.addEventListener('abort', remove, { once: true });

  return {
    async get(type, key) {
      // Its drop has failed, so the value may be older.
      if (waiting.has(key)) return undefined;
      const startedMs = performance.now();
      const value = await cache.get(key);
      statistics.operation(type, 'get', startedMs, true);
      return value === undefined ? undefined : decodeEntry(value);
    },
    put(type, key, entry) {
      const ttlMs = Math.floor(entry.untilMs - clock.now());
      if (ttlMs < 1 || waiting.has(key)) return;
      const startedMs = performance.now();
      recentPuts.set(key, { type, atMs: clock.now() });
      void cache
        .put(key, encodeEntry(entry), { ttlMs })
        .then((done) => statistics.operation(type, 'put', startedMs, done));
    },
    changed,
  };
}
