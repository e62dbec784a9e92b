import Bottleneck from 'bottleneck';

import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProviderFailure, ProviderName, ProviderResult } from '../../ports/provider-client.ts';
import {
  type BreakerSettings,
  type CallPriority,
  FALLBACKS,
  type GuardedCall,
  type GuardReport,
  type ProviderGuards,
} from '../../ports/provider-guard.ts';
import { createCircuit, type Shown } from './circuit.ts';
import { createOpenMarks, NO_MARKS, type OpenMarks } from './open-marks.ts';

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

interface Ended<T> extends Shown {
  readonly result: ProviderResult<T>;
}

export interface GuardsOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly settings: Readonly<Record<ProviderName, BreakerSettings>>;
  readonly maxWaiting?: number;
  /** Where all instances see which breakers are open; without it each goes by its own calls. */
  readonly shared?: Pick<Cache, 'get' | 'put'>;
}

/**
 * Breakers and queues of each shop and provider: what one does waits for no other. Calls are
 * counted in this process; that a breaker is open, all instances see.
 */
export function createProviderGuards(options: GuardsOptions): ProviderGuards {
  const { shared, clock } = options;
  const marks = shared ? createOpenMarks(shared, () => clock.now()) : NO_MARKS;
  const guards = new Map<string, ReturnType<typeof createGuard>>();

  function guardOf({ storeId, provider }: GuardedCall) {
    const key = `${provider} ${storeId}`;
    const guard = guards.get(key) ?? createGuard({ storeId, provider }, options, marks);
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
  marks: OpenMarks,
) {
  const now = () => clock.now();
  const settings = all[of.provider];
  const queue = createQueue(maxWaiting);
  const circuit = createCircuit(of, settings, now, marks);
  let scheduled = 0;
  const fallback = (): ProviderFailure => ({
    ...{ kind: 'retry', code: FALLBACKS[of.provider] },
    afterMs: Math.max(1, circuit.nextAttemptMs() - now()),
  });

  async function made<T>(call: Call<T>): Promise<Ended<T>> {
    const beganMs = now();
    const result = await call();
    const isFailure = result.kind === 'retry' && !THROTTLED.has(result.code);
    return { result, isFailure, isSlow: now() - beganMs > settings.expectedResponseMs };
  }

  async function behindBreaker<T>(admit: GuardedCall['admit'], call: Call<T>): Result<T> {
    await circuit.adoptMark();
    const held = circuit.isOpen() ? fallback() : await admit?.();
    if (held) return held;
    // It may have opened meanwhile.
    if (circuit.isOpen()) return fallback();
    const { result, isFailure } = await circuit.execute(() => made(call));
    return isFailure && circuit.state() === 'OPEN' ? fallback() : result;
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
      const current = circuit.state();
      return {
        ...{ ...of, state: current, ...circuit.counts() },
        ...{ waiting: QUEUED + RECEIVED, running: RUNNING + EXECUTING },
        ...(current === 'OPEN' && { nextAttemptMs: circuit.nextAttemptMs() }),
      };
    },
  };
}
