import Bottleneck from 'bottleneck';
import { circuitBreaker, CircuitState, handleWhenResult } from 'cockatiel';

import type { Clock } from '../../ports/clock.ts';
import type { ProviderFailure, ProviderName, ProviderResult } from '../../ports/provider-client.ts';
import {
  type BreakerSettings,
  type BreakerState,
  type CallPriority,
  FALLBACKS,
  type GuardedCall,
  type GuardReport,
  type ProviderGuards,
} from '../../ports/provider-guard.ts';
import { createWindowBreaker } from './window-breaker.ts';

/** Calls of one shop to one provider at once: QuickBooks takes ten. */
const MAX_CONCURRENT = 10;
/** Calls that wait for them; further ones are to be tried later. */
const MAX_WAITING = 2_000;
/** Guards that are kept; those that were not used for the longest time go first. */
const MAX_GUARDS = 2_000;
const FULL_RETRY_MS = 5_000;
/** Of the queue: a lower number goes first. */
const PRIORITIES: Readonly<Record<CallPriority, number>> = { high: 1, medium: 5, low: 9 };
/** One of so many calls goes before all others, so that those of low priority are not starved. */
const FIRST_EVERY = 8;

/** The provider works, and asks for fewer calls. */
const THROTTLED = new Set(['RATE_LIMITED', 'too_many_requests', 'status_429', 'rate_limited']);

type Result<T> = Promise<ProviderResult<T>>;
type Call<T> = () => Result<T>;

interface Ended<T> {
  readonly result: ProviderResult<T>;
  readonly isFailure: boolean;
  readonly isSlow: boolean;
}

export interface GuardsOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly settings: Readonly<Record<ProviderName, BreakerSettings>>;
  readonly maxWaiting?: number;
}

/** Breakers and queues in this process: what one shop does at one provider waits for no other. */
export function createProviderGuards(options: GuardsOptions): ProviderGuards {
  const guards = new Map<string, ReturnType<typeof createGuard>>();

  function guardOf({ storeId, provider }: GuardedCall) {
    const key = `${provider} ${storeId}`;
    const guard = guards.get(key) ?? createGuard({ storeId, provider }, options);
    guards.delete(key);
    guards.set(key, guard);
    const [oldest] = guards.keys();
    if (guards.size > MAX_GUARDS && oldest !== undefined) guards.delete(oldest);
    return guard;
  }

  return {
    run: (of, call) => guardOf(of).run(of, call),
    report: () => [...guards.values()].map((guard) => guard.report()),
  };
}

const createQueue = (maxWaiting: number) =>
  new Bottleneck({
    maxConcurrent: MAX_CONCURRENT,
    highWater: maxWaiting,
    strategy: Bottleneck.strategy.OVERFLOW,
  });

function createGuard(
  of: Pick<GuardReport, 'storeId' | 'provider'>,
  { clock, settings: all, maxWaiting = MAX_WAITING }: GuardsOptions,
) {
  const now = () => clock.now();
  const settings = all[of.provider];
  const { expectedResponseMs, recoveryTimeoutMs } = settings;
  const queue = createQueue(maxWaiting);
  const breaker = createWindowBreaker(settings, now);
  let openedAtMs = 0;
  let scheduled = 0;
  // A slow call in a trial shows that the provider works.
  const isBad = handleWhenResult((value) => {
    const { isFailure, isSlow } = value as Ended<unknown>;
    return isFailure || (isSlow && policy.state !== CircuitState.HalfOpen);
  });
  // When the next call may go through is decided here, by the clock of the system.
  const policy = circuitBreaker(isBad, { halfOpenAfter: 0, breaker });
  policy.onBreak(() => (openedAtMs = now()));

  const leftMs = () => Math.max(1, openedAtMs + recoveryTimeoutMs - now());
  const isOpen = () => policy.state === CircuitState.Open && now() < openedAtMs + recoveryTimeoutMs;
  const fallback = (): ProviderFailure => ({
    ...{ kind: 'retry', code: FALLBACKS[of.provider], afterMs: leftMs() },
  });

  async function made<T>(call: Call<T>): Promise<Ended<T>> {
    const beganMs = now();
    const result = await call();
    const isFailure = result.kind === 'retry' && !THROTTLED.has(result.code);
    const isSlow = now() - beganMs > expectedResponseMs;
    breaker.weigh(isFailure ? 1 : isSlow ? 0.5 : 0);
    return { result, isFailure, isSlow };
  }

  async function behindBreaker<T>(admit: GuardedCall['admit'], call: Call<T>): Result<T> {
    const held = isOpen() ? fallback() : await admit?.();
    if (held) return held;
    // It may have opened meanwhile.
    if (isOpen()) return fallback();
    const { result, isFailure } = await policy.execute(() => made(call));
    return isFailure && policy.state === CircuitState.Open ? fallback() : result;
  }

  function state(): BreakerState {
    if (policy.state === CircuitState.Open) return 'OPEN';
    const isOnTrial = policy.state === CircuitState.HalfOpen || breaker.probation > 0;
    return isOnTrial ? 'HALF_OPEN' : 'CLOSED';
  }

  return {
    async run<T>({ priority, admit }: GuardedCall, call: Call<T>): Result<T> {
      scheduled += 1;
      const first = scheduled % FIRST_EVERY === 0;
      const options = { priority: first ? 0 : PRIORITIES[priority] };
      try {
        return await queue.schedule(options, () => behindBreaker(admit, call));
      } catch (error) {
        if (!(error instanceof Bottleneck.BottleneckError)) throw error;
        return { kind: 'retry', code: 'queue_full', afterMs: FULL_RETRY_MS };
      }
    },
    report(): GuardReport {
      const { QUEUED, RECEIVED, RUNNING, EXECUTING } = queue.counts();
      const current = state();
      return {
        ...{ ...of, state: current, ...breaker.counts() },
        ...{ waiting: QUEUED + RECEIVED, running: RUNNING + EXECUTING },
        ...(current === 'OPEN' && { nextAttemptMs: openedAtMs + recoveryTimeoutMs }),
      };
    },
  };
}
