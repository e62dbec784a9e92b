import type { RateLimit, RateLimitPolicy } from '../../ports/rate-limit.ts';
import { createRateWindows } from '../shared/rate-windows.ts';

/** The rate limit of a single instance. */
export function createMemoryRateLimit(policy: RateLimitPolicy): RateLimit {
  return createRateWindows(policy);
}
