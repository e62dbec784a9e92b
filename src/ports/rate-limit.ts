import type { CacheKey } from '../domain/kernel/names.ts';

/** The longest window: a day. */
export const MAX_RATE_WINDOW_MS = 86_400_000;

/**
 * `fixed_window`: the window begins with the caller's first take. `sliding_window`: no window of
 * that length, wherever it begins, has more points. `token_bucket`: points come back one by one,
 * and `burst` of them may be taken at once.
 */
export const RATE_ALGORITHMS = ['fixed_window', 'sliding_window', 'token_bucket'] as const;
export type RateAlgorithm = (typeof RATE_ALGORITHMS)[number];

/** A number of points per window. */
export interface RateLimitPolicy {
  /** Keeps the counts of policies apart: 1 to 40 characters of a-z, 0-9, dash and underscore. */
  readonly name: string;
  /** `fixed_window` when absent. */
  readonly algorithm?: RateAlgorithm;
  /** A whole number, 1 or more. */
  readonly points: number;
  /** Whole seconds, in ms: 1,000 to MAX_RATE_WINDOW_MS. */
  readonly perMs: number;
  /** Of a token bucket: the most points at once; default `points`. */
  readonly burst?: number;
  /** Of a token bucket: points that come back per second; default `points` per window. */
  readonly refillPerS?: number;
}

export interface RateLimitResult {
  readonly allowed: boolean;
  /** Points left now. */
  readonly remaining: number;
  /** The most points that a caller can have. */
  readonly capacity: number;
  /** How long until the caller has all of them again, if it takes none meanwhile. */
  readonly resetMs: number;
  /** 0 when allowed; else how long to wait before the next take. */
  readonly retryAfterMs: number;
}

/** Counts the operations of each caller under one policy. */
export interface RateLimit {
  /**
   * Takes `cost` points (a whole number, default 1). In a fixed window, a denied take uses up the
   * rest of it; the other algorithms count only what they allow. Never throws because of a server:
   * while the shared counts are unavailable, each instance applies the policy with its own counts.
   */
  take(key: CacheKey, cost?: number): Promise<RateLimitResult>;
}

/** Makes rate limits whose counts all instances share, or those of one instance. */
export type RateLimits = (policy: RateLimitPolicy) => RateLimit;
