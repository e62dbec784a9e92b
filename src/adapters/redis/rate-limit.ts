import type { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';

import type { RateLimit, RateLimitPolicy } from '../../ports/rate-limit.ts';
import { checkCost, checkPolicy, createRateWindows, takeFrom } from '../shared/rate-windows.ts';
import type { Availability } from './availability.ts';

/** A rate limit shared by all instances; with the counts of this one while Redis is down. */
export function createRedisRateLimit(
  redis: Redis,
  availability: Availability,
  prefix: string,
  policy: RateLimitPolicy,
): RateLimit {
  checkPolicy(policy);
  const local = createRateWindows(policy);
  const shared = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `${prefix}:${policy.name}`,
    points: policy.points,
    duration: policy.perMs / 1_000,
  });
  return {
    async take(key, cost = 1) {
      checkCost(cost);
      const taken = await availability.attempt('take', () => takeFrom(shared, key, cost));
      return taken.done ? taken.value : local.take(key, cost);
    },
  };
}
