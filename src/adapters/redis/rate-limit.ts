import type { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';

import type { CacheKey } from '../../domain/kernel/names.ts';
import type { RateLimit, RateLimitPolicy, RateLimitResult } from '../../ports/rate-limit.ts';
import { checkCost, checkPolicy, createRateWindows, takeFrom } from '../shared/rate-windows.ts';
import type { Availability } from './availability.ts';
import { sharedKey, takeSharedSlot, takeSharedToken } from './rate-scripts.ts';

/** A rate limit shared by all instances; with the counts of this one while Redis is down. */
export function createRedisRateLimit(
  redis: Redis,
  availability: Availability,
  prefix: string,
  policy: RateLimitPolicy,
): RateLimit {
  checkPolicy(policy);
  const local = createRateWindows(policy);
  const shared = sharedTaker(redis, prefix, policy);
  return {
    async take(key, cost = 1) {
      checkCost(cost);
      const taken = await availability.attempt('take', () => shared(key, cost));
      return taken.done ? taken.value : local.take(key, cost);
    },
  };
}

type Taker = (key: CacheKey, cost: number) => Promise<RateLimitResult>;

function sharedTaker(redis: Redis, prefix: string, policy: RateLimitPolicy): Taker {
  switch (policy.algorithm) {
    case 'token_bucket':
      return (key, cost) => takeSharedToken(redis, policy, sharedKey(prefix, policy, key), cost);
    case 'sliding_window':
      return (key, cost) => takeSharedSlot(redis, policy, sharedKey(prefix, policy, key), cost);
    default: {
      const limiter = new RateLimiterRedis({
        storeClient: redis,
        keyPrefix: `${prefix}:${policy.name}`,
        points: policy.points,
        duration: policy.perMs / 1_000,
      });
      return (key, cost) => takeFrom(limiter, key, cost);
    }
  }
}
