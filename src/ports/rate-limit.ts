import type { CacheKey } from '../domain/kernel/names.ts';

/** The longest window: a day. */
export const MAX_RATE_WINDOW_MS = 86_400_000;

/** So many points in each window, which begins with the first take and is the same for all. */
export interface RateLimitPolicy {
  /** Keeps the counts of policies apart: 1 to 40 of a-z, 0-9 and dashes. */
  readonly name: string;
  /** A whole number, 1 or more. */
  readonly points: number;
  /** Whole seconds, in ms: 1,000 to MAX_RATE_WINDOW_MS. */
  readonly perMs: number;
}

export interface RateLimitAnswer {
  readonly allowed: boolean;
  /** Points left in this window. */
  readonly remaining: number;
  /** 0 when allowed; else how long until the window ends. */
  readonly retryAfterMs: number;
}

/** Counts what each caller does under one policy. */
export interface RateLimit {
  /**
   * Takes `cost` points, default 1, a whole number. A refused take counts as well: what was left of
   * the window is gone. Never throws for what a server does: while the shared counts cannot be had,
   * each process holds its callers to the policy by counts of its own.
   */
  take(key: CacheKey, cost?: number): Promise<RateLimitAnswer>;
}
