import { LRUCache } from 'lru-cache';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import { invariant } from '../../domain/kernel/invariant.ts';
import type { CacheKey } from '../../domain/kernel/names.ts';
import {
  MAX_RATE_WINDOW_MS,
  type RateLimit,
  type RateLimitPolicy,
  type RateLimitResult,
} from '../../ports/rate-limit.ts';

/** Callers counted by one instance; beyond that the least recently seen one is forgotten. */
const MAX_CALLERS = 50_000;

export function checkPolicy({ name, points, perMs }: RateLimitPolicy): void {
  invariant(/^[a-z0-9-]{1,40}$/.test(name), 'policy name is 1 to 40 of a-z, 0-9 and -', { name });
  invariant(Number.isSafeInteger(points) && points >= 1, 'a policy has 1 point or more', {
    points,
  });
  invariant(
    perMs >= 1_000 && perMs <= MAX_RATE_WINDOW_MS && perMs % 1_000 === 0,
    `a window lasts whole seconds, up to ${MAX_RATE_WINDOW_MS} ms`,
    { perMs },
  );
}

export function checkCost(cost: number): void {
  invariant(Number.isSafeInteger(cost) && cost >= 1, 'a take costs 1 point or more', { cost });
}

/** A rate limit with the counts of this instance alone. */
export function createRateWindows(
  policy: RateLimitPolicy,
  { maxCallers = MAX_CALLERS } = {},
): RateLimit {
  checkPolicy(policy);
  const limiter = new RateLimiterMemory({ points: policy.points, duration: policy.perMs / 1_000 });
  const forget = (_: true, key: string, reason: LRUCache.DisposeReason) => {
    if (reason === 'evict') limiter.delete(key).catch(() => undefined);
  };
  const callers = new LRUCache<string, true>({ max: maxCallers, dispose: forget });
  return {
    async take(key: CacheKey, cost = 1): Promise<RateLimitResult> {
      checkCost(cost);
      callers.set(key, true);
      return takeFrom(limiter, key, cost);
    },
  };
}

/** A denied take is a rejection with its result; any other rejection is an error. */
export async function takeFrom(
  limiter: RateLimiterAbstract,
  key: CacheKey,
  cost: number,
): Promise<RateLimitResult> {
  try {
    const { remainingPoints } = await limiter.consume(key, cost);
    return { allowed: true, remaining: remainingPoints, retryAfterMs: 0 };
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    // At the very end of a window the caller still waits for a moment.
    return { allowed: false, remaining: 0, retryAfterMs: Math.max(1, error.msBeforeNext) };
  }
}
