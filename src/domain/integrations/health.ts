import type { HealthStatus } from './events.ts';

/** Limits of X9: below the rates, in percent, and above the times. */
export const HEALTH_LIMITS = {
  unhealthyRate: 50,
  degradedRate: 90,
  unhealthyMs: 10_000,
  degradedMs: 5_000,
} as const;

export interface HealthFacts {
  /** Whether the provider answered when it was last asked. */
  readonly isReachable: boolean;
  readonly calls: number;
  readonly failed: number;
  /** Of a call on average, in ms; undefined without any. */
  readonly responseMs?: number | undefined;
}

/** Percent of the calls that succeeded, with two decimals, cut; 100 when there was none. */
export function successRateOf({ calls, failed }: Pick<HealthFacts, 'calls' | 'failed'>): number {
  if (calls === 0) return 100;
  return Math.floor(((calls - failed) * 10_000) / calls) / 100;
}

/** The health of a connection (X9). */
export function healthOf(facts: HealthFacts): Exclude<HealthStatus, 'unknown'> {
  const { isReachable, responseMs = 0 } = facts;
  const rate = successRateOf(facts);
  const { unhealthyRate, degradedRate, unhealthyMs, degradedMs } = HEALTH_LIMITS;
  if (!isReachable || rate < unhealthyRate || responseMs > unhealthyMs) return 'unhealthy';
  return rate < degradedRate || responseMs > degradedMs ? 'degraded' : 'healthy';
}
