import { CircuitState, type IBreaker } from 'cockatiel';

import type { BreakerSettings } from '../../ports/provider-guard.ts';

/** Calls that are counted; older ones are forgotten first. */
const MAX_CALLS = 1_000;
const PERCENT = 100;

interface Counted {
  readonly atMs: number;
  /** 0, 0.5 for a slow call, or 1. */
  readonly failure: number;
}

export interface BreakerCounts {
  readonly failureCount: number;
  readonly successCount: number;
  readonly requestCount: number;
  readonly failureRate: number;
}

/** How many calls failed lately, and whether these are too many. */
export interface WindowBreaker extends IBreaker {
  /** Call right before a call ends: how much of a failure it is. */
  weigh(failure: number): void;
  counts(): BreakerCounts;
  /** Successes that are still needed after the first one of a trial. */
  readonly probation: number;
}

export function createWindowBreaker(settings: BreakerSettings, now: () => number): WindowBreaker {
  const { monitoringPeriodMs, volumeThreshold, failureThreshold, successThreshold } = settings;
  let calls: Counted[] = [];
  // Calls end in the order in which they are weighed.
  const weights: number[] = [];
  let probation = 0;

  function add(failure: number): void {
    calls.push({ atMs: now(), failure });
    if (calls.length > MAX_CALLS) calls.shift();
  }

  function counts(): BreakerCounts {
    const since = now() - monitoringPeriodMs;
    calls = calls.filter(({ atMs }) => atMs > since);
    const requestCount = calls.length;
    const failureCount = calls.reduce((sum, { failure }) => sum + failure, 0);
    const failureRate = requestCount === 0 ? 0 : (PERCENT * failureCount) / requestCount;
    return { failureCount, successCount: requestCount - failureCount, requestCount, failureRate };
  }

  return {
    state: undefined,
    get probation() {
      return probation;
    },
    weigh: (failure) => void weights.push(failure),
    counts,
    success(state) {
      weights.shift();
      if (state === CircuitState.HalfOpen) {
        calls = [];
        probation = successThreshold - 1;
      } else if (probation > 0) probation -= 1;
      add(0);
    },
    failure(state) {
      const failure = weights.shift() ?? 1;
      add(failure);
      if (state === CircuitState.HalfOpen) return true;
      if (probation > 0 && failure === 1) {
        probation = 0;
        return true;
      }
      const { requestCount, failureRate } = counts();
      return requestCount >= volumeThreshold && failureRate >= failureThreshold;
    },
  };
}
