import type { CacheKey } from '../domain/kernel/names.ts';

/** The longest window: a day. */
export const MAX_RATE_WINDOW_MS = 86_400_000;

/** A number of points per window. A caller's window begins with its first take. */
export interface RateLimitPolicy {
  /** Keeps the counts of policies apart: 1 to 40 characters of a-z, 0-9 and dash. */
  readonly name: string;
  /** A whole number, 1 or more. */
  readonly points: number;
  /** Whole seconds, in ms: 1,000 to MAX_RATE_WINDOW_MS. */
  readonly perMs: number;
}

export interface RateLimitResult {
  readonly allowed: boolean;
  /** Points left in this window. */
  readonly remaining: number;
  /** 0 when allowed; else how long until the window ends. */
  readonly retryAfterMs: number;
}

/** Counts the operations of each caller under one policy. */
export interface RateLimit {
  /**
   * Takes `cost` points (a whole number, default 1). A denied take uses up the rest of the window.
   * Never throws because of a server: while the shared counts are unavailable, each instance
   * applies the policy with its own counts.
   */
  take(key: CacheKey, cost?: number): Promise<RateLimitResult>;
}
