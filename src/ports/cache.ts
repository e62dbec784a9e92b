import type { CacheKey } from '../domain/kernel/names.ts';

/** A larger value, as UTF-8, is not kept; what was kept under its key is forgotten. */
export const MAX_CACHE_VALUE_BYTES = 1_048_576;
/** Nothing is kept longer than a day, so that a lost invalidation heals by itself. */
export const MAX_CACHE_TTL_MS = 86_400_000;

/** The keys that are no longer what they were; `all` when it is not known which ones. */
export type Invalidated = readonly CacheKey[] | 'all';

/**
 * What can be had faster than by reading it again, shared by all processes. It is never needed:
 * when the server behind it is slow, full, empty or away, a read is a miss, a write is lost, and
 * nothing is thrown. Only a limit that the caller breaks is an InvariantError.
 */
export interface Cache {
  /** Undefined when it is not there, is older than its `ttlMs`, or cannot be had in time. */
  get(key: CacheKey): Promise<string | undefined>;

  /** Keeps the value for at most `ttlMs`: 1 to MAX_CACHE_TTL_MS, whole. */
  put(key: CacheKey, value: string, options: { readonly ttlMs: number }): Promise<void>;

  /** Forgets the values. When that fails, their `ttlMs` is the bound on how long they are read. */
  drop(keys: readonly CacheKey[]): Promise<void>;

  /**
   * Tells the listeners of every process, this one's before it returns, that what they keep of
   * these keys is old.
   */
  announce(keys: readonly CacheKey[]): Promise<void>;

  /**
   * Hears what is announced; `all` whenever announcements may have been missed, the beginning
   * included. The listener must not throw. Returns what ends it.
   */
  onInvalidated(listener: (invalidated: Invalidated) => void): () => void;
}
