import { circuitBreaker, CircuitState, handleWhenResult } from 'cockatiel';

import type { BreakerSettings, BreakerState, GuardReport } from '../../ports/provider-guard.ts';
import type { OpenMarks } from './open-marks.ts';
import { type BreakerCounts, createWindowBreaker } from './window-breaker.ts';

/** What a call showed about the provider. */
export interface Shown {
  readonly isFailure: boolean;
  readonly isSlow: boolean;
}

/** Whether calls go through: by those of this process, and by what other instances found. */
export interface Circuit {
  isOpen(): boolean;
  /** Looks whether another instance found that the provider fails: that holds here as well. */
  adoptMark(): Promise<void>;
  /** Makes a call that counts. Call it only while the circuit is not open. */
  execute<T extends Shown>(call: () => Promise<T>): Promise<T>;
  state(): BreakerState;
  counts(): BreakerCounts;
  /** When an open one lets a call through. */
  nextAttemptMs(): number;
}

/** State of a breaker that is open from its beginning. */
const OPEN = { ownState: { value: CircuitState.Open, openedAt: 0, attemptNo: 1 } };
const SLOW = 0.5;

export function createCircuit(
  of: Pick<GuardReport, 'storeId' | 'provider'>,
  settings: BreakerSettings,
  now: () => number,
  marks: OpenMarks,
): Circuit {
  const { recoveryTimeoutMs } = settings;
  const breaker = createWindowBreaker(settings, now);
  let openedAtMs = 0;
  // A slow call in a trial shows that the provider works.
  const isBad = handleWhenResult((value) => {
    const { isFailure, isSlow } = value as Shown;
    return isFailure || (isSlow && policy.state !== CircuitState.HalfOpen);
  });
  // When the next call may go through is decided here, by the clock of the system.
  const createPolicy = (initialState?: object) => {
    const made = circuitBreaker(isBad, { halfOpenAfter: 0, breaker, initialState });
    made.onBreak(() => {
      openedAtMs = now();
      void marks.put(of, openedAtMs + recoveryTimeoutMs);
    });
    return made;
  };
  let policy = createPolicy();
  const isOpen = () => policy.state === CircuitState.Open && now() < openedAtMs + recoveryTimeoutMs;

  return {
    isOpen,
    async adoptMark() {
      if (isOpen()) return;
      const untilMs = await marks.untilMs(of);
      if (untilMs === undefined || isOpen()) return;
      openedAtMs = Math.min(untilMs - recoveryTimeoutMs, now());
      if (policy.state !== CircuitState.Open) policy = createPolicy(OPEN);
    },
    execute: (call) =>
      policy.execute(async () => {
        const shown = await call();
        breaker.weigh(shown.isFailure ? 1 : shown.isSlow ? SLOW : 0);
        return shown;
      }),
    state() {
      if (policy.state === CircuitState.Open) return 'OPEN';
      const isOnTrial = policy.state === CircuitState.HalfOpen || breaker.probation > 0;
      return isOnTrial ? 'HALF_OPEN' : 'CLOSED';
    },
    counts: () => breaker.counts(),
    nextAttemptMs: () => openedAtMs + recoveryTimeoutMs,
  };
}
