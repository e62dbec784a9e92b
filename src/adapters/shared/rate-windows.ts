import { LRUCache } from 'lru-cache';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import { invariant } from '../../domain/kernel/invariant.ts';
import type { CacheKey } from '../../domain/kernel/names.ts';
import {
  MAX_RATE_WINDOW_MS,
  RATE_ALGORITHMS,
  type RateLimit,
  type RateLimitPolicy,
  type RateLimitResult,
} from '../../ports/rate-limit.ts';
import { type Bucket, type Slots, takeSlot, takeToken } from './rate-algorithms.ts';

/** Callers counted by one instance; beyond that the least recently seen one is forgotten. */
const MAX_CALLERS = 50_000;

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;

export function checkPolicy(policy: RateLimitPolicy): void {
  const { name, points, perMs, algorithm = 'fixed_window', burst = 1, refillPerS = 1 } = policy;
  invariant(/^[a-z0-9_-]{1,40}$/.test(name), 'policy name is 1 to 40 of a-z, 0-9, - and _', {
    name,
  });
  invariant(RATE_ALGORITHMS.includes(algorithm), 'a known algorithm', { algorithm });
  invariant(isCount(points), 'a policy has 1 point or more', { points });
  invariant(isCount(burst), 'a burst has 1 point or more', { burst });
  invariant(refillPerS > 0, 'a bucket refills by more than 0 points per second', { refillPerS });
  invariant(
    perMs >= 1_000 && perMs <= MAX_RATE_WINDOW_MS && perMs % 1_000 === 0,
    `a window lasts whole seconds, up to ${MAX_RATE_WINDOW_MS} ms`,
    { perMs },
  );
}

export function checkCost(cost: number): void {
  invariant(isCount(cost), 'a take costs 1 point or more', { cost });
}

interface WindowOptions {
  readonly maxCallers?: number;
  /** Milliseconds that only rise. */
  readonly now?: () => number;
}

/** A rate limit with the counts of this instance alone. */
export function createRateWindows(
  policy: RateLimitPolicy,
  { maxCallers = MAX_CALLERS, now = () => performance.now() }: WindowOptions = {},
): RateLimit {
  checkPolicy(policy);
  // Room for all callers is reserved at the first take: many policies are hardly ever used.
  let takeNow: Taker | undefined;
  return {
    async take(key: CacheKey, cost = 1): Promise<RateLimitResult> {
      checkCost(cost);
      takeNow ??= takerOf(policy, maxCallers, now);
      return takeNow(key, cost);
    },
  };
}

type Taker = (key: CacheKey, cost: number) => RateLimitResult | Promise<RateLimitResult>;

function takerOf(policy: RateLimitPolicy, maxCallers: number, now: () => number): Taker {
  switch (policy.algorithm) {
    case 'token_bucket': {
      const buckets = new LRUCache<string, Bucket>({ max: maxCallers });
      return (key, cost) => {
        const { bucket, result } = takeToken(policy, buckets.get(key), now(), cost);
        buckets.set(key, bucket);
        return result;
      };
    }
    case 'sliding_window': {
      const windows = new LRUCache<string, Slots>({ max: maxCallers });
      return (key, cost) => {
        const slots = windows.get(key) ?? new Map<number, number>();
        windows.set(key, slots);
        return takeSlot(policy, slots, now(), cost);
      };
    }
    default:
      return fixedWindows(policy, maxCallers);
  }
}

function fixedWindows(policy: RateLimitPolicy, maxCallers: number): Taker {
  const limiter = new RateLimiterMemory({ points: policy.points, duration: policy.perMs / 1_000 });
  const forget = (_: true, key: string, reason: LRUCache.DisposeReason) => {
    if (reason === 'evict') limiter.delete(key).catch(() => undefined);
  };
  const callers = new LRUCache<string, true>({ max: maxCallers, dispose: forget });
  return (key, cost) => {
    callers.set(key, true);
    return takeFrom(limiter, key, cost);
  };
}

/** A denied take is a rejection with its result; any other rejection is an error. */
export async function takeFrom(
  limiter: RateLimiterAbstract,
  key: CacheKey,
  cost: number,
): Promise<RateLimitResult> {
  const capacity = limiter.points;
  try {
    const { remainingPoints, msBeforeNext } = await limiter.consume(key, cost);
    const resetMs = Math.max(0, msBeforeNext);
    return { allowed: true, remaining: remainingPoints, capacity, resetMs, retryAfterMs: 0 };
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    // At the very end of a window the caller still waits for a moment.
    const resetMs = Math.max(1, error.msBeforeNext);
    return { allowed: false, remaining: 0, capacity, resetMs, retryAfterMs: resetMs };
  }
}
