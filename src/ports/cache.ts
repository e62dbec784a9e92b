import type { CacheKey } from '../domain/kernel/names.ts';

/** A larger value, as UTF-8, is not cached, and the previous value of its key is dropped. */
export const MAX_CACHE_VALUE_BYTES = 1_048_576;
/** No value is cached longer than a day, which bounds the effect of a lost invalidation. */
export const MAX_CACHE_TTL_MS = 86_400_000;

/** The keys whose values have changed; `all` when it is unknown which ones. */
export type Invalidated = readonly CacheKey[] | 'all';

/**
 * A cache shared by all instances. Never required: when its server is slow, full, empty or down, a
 * read is a miss, a write is lost, and nothing is thrown.
 * @throws InvariantError only when the caller exceeds a limit.
 */
export interface Cache {
  /** Undefined when the key is missing, has expired, or cannot be read in time. */
  get(key: CacheKey): Promise<string | undefined>;

  /**
   * Caches the value for at most `ttlMs`: a whole number from 1 to MAX_CACHE_TTL_MS. False when it
   * is not known to be cached.
   */
  put(key: CacheKey, value: string, options: { readonly ttlMs: number }): Promise<boolean>;

  /** Drops the values. False: they may still be read until their `ttlMs` has passed. */
  drop(keys: readonly CacheKey[]): Promise<boolean>;

  /**
   * Notifies the listeners of every instance that these keys have changed; those of this instance
   * before it returns. False: those of other instances may not be notified.
   */
  announce(keys: readonly CacheKey[]): Promise<boolean>;

  /**
   * Listens to announcements; `all` whenever some may have been missed, including at the start. The
   * listener must not throw. Returns the function that removes it.
   */
  onInvalidated(listener: (invalidated: Invalidated) => void): () => void;

  /**
   * Whether announcements of other instances arrive. While it is false, no value may be kept in the
   * memory of an instance that others can change. A connection that died without a notice is found
   * within seconds.
   */
  isListening(): boolean;
}
