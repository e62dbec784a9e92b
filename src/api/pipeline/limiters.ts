import { InvariantError, TillstreamError } from '../../domain/kernel/errors.ts';
import type { CacheKey } from '../../domain/kernel/names.ts';
import type {
  RateLimit,
  RateLimitPolicy,
  RateLimitResult,
  RateLimits,
} from '../../ports/rate-limit.ts';
import {
  isLimiterName,
  type LimiterName,
  type LimiterOverrides,
  limiterPolicy,
  LIMITERS,
} from '../../ports/rate-limit-definitions.ts';

const MS_PER_S = 1_000;

/** The result of a take, for the headers of the response. */
export interface Taken {
  readonly policy: RateLimitPolicy;
  readonly result: RateLimitResult;
}

/** The limiters of this instance, by name. */
export interface Limiters {
  /**
   * Takes one request from a limiter. Undefined: it has no limit.
   * @throws InvariantError for a name that no limiter has.
   */
  take(name: LimiterName, key: CacheKey): Promise<Taken> | undefined;
}

/** Limiters with the given settings; without `limits` there are none. */
export function createLimiters(
  limits: RateLimits | undefined,
  overrides: LimiterOverrides = {},
): Limiters {
  const limiters = new Map<string, { policy: RateLimitPolicy; limit: RateLimit }>();
  for (const name of Object.keys(LIMITERS).filter(isLimiterName)) {
    const policy = limiterPolicy(name, overrides);
    if (policy && limits) limiters.set(name, { policy, limit: limits(policy) });
  }
  return {
    take(name, key) {
      const known = limiters.get(name);
      if (known) return known.limit.take(key).then((result) => ({ policy: known.policy, result }));
      if (!isLimiterName(name)) throw new InvariantError('a limiter of that name', { name });
      return undefined;
    },
  };
}

/** 429 with what the caller needs to know. */
export function tooMany({ policy, result }: Taken, nowMs: number): TillstreamError {
  const { retryAfterMs, capacity, resetMs } = result;
  const seconds = Math.ceil(retryAfterMs / MS_PER_S);
  return new TillstreamError(
    'too_many_requests',
    `expected at most ${policy.points} requests per ${policy.perMs / MS_PER_S} s (${policy.name}); ask again in ${seconds} s`,
    {
      limiter: policy.name,
      allowed: false,
      remainingTokens: 0,
      totalCapacity: capacity,
      resetTime: nowMs + resetMs,
      retryAfter: retryAfterMs,
    },
  );
}

/** `RateLimit-Policy` and `RateLimit`, as the IETF draft of these headers writes them. */
export function rateHeaders(taken: readonly Taken[]): Readonly<Record<string, string>> {
  if (taken.length === 0) return {};
  return {
    'RateLimit-Policy': taken
      .map(({ policy: { name, points, perMs } }) => `"${name}";q=${points};w=${perMs / MS_PER_S}`)
      .join(', '),
    RateLimit: taken
      .map(({ policy: { name }, result: { remaining, resetMs } }) => {
        return `"${name}";r=${remaining};t=${Math.ceil(resetMs / MS_PER_S)}`;
      })
      .join(', '),
  };
}
