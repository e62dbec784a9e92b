import type { ProviderFailure, ProviderName, ProviderResult } from './provider-client.ts';

export const BREAKER_STATES = ['CLOSED', 'OPEN', 'HALF_OPEN'] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

/** When calls to a provider are held back, because it fails. */
export interface BreakerSettings {
  /** Percent of the calls of the period that have to fail, from `volumeThreshold` calls on. */
  readonly failureThreshold: number;
  readonly volumeThreshold: number;
  /** How long the calls of the past count. */
  readonly monitoringPeriodMs: number;
  /** A slower call counts as half a failure; its result is used. */
  readonly expectedResponseMs: number;
  /** How long it stays open. */
  readonly recoveryTimeoutMs: number;
  /** Calls that have to succeed before it is closed. */
  readonly successThreshold: number;
}

export const BREAKERS: Readonly<Record<ProviderName, BreakerSettings>> = {
  square: {
    ...{ failureThreshold: 50, volumeThreshold: 10, monitoringPeriodMs: 60_000 },
    ...{ expectedResponseMs: 5_000, recoveryTimeoutMs: 30_000, successThreshold: 1 },
  },
  quickbooks: {
    ...{ failureThreshold: 50, volumeThreshold: 10, monitoringPeriodMs: 60_000 },
    ...{ expectedResponseMs: 10_000, recoveryTimeoutMs: 60_000, successThreshold: 1 },
  },
  /** Five failures in a row open it: all of at least five calls. */
  mercadopago: {
    ...{ failureThreshold: 100, volumeThreshold: 5, monitoringPeriodMs: 60_000 },
    ...{ expectedResponseMs: 5_000, recoveryTimeoutMs: 30_000, successThreshold: 2 },
  },
};

/** What becomes of a call while the breaker is open. */
export const FALLBACKS = {
  square: 'queued_for_retry',
  mercadopago: 'queued_for_retry',
  quickbooks: 'queued_for_manual_review',
} as const satisfies Readonly<Record<ProviderName, string>>;

/** Which of the waiting calls goes first. */
export type CallPriority = 'high' | 'medium' | 'low';

/** The calls of one shop to one provider. */
export interface GuardReport {
  readonly storeId: string;
  readonly provider: ProviderName;
  readonly state: BreakerState;
  /** Of the monitoring period; a slow call is half a failure. */
  readonly failureCount: number;
  readonly successCount: number;
  readonly requestCount: number;
  /** Percent. */
  readonly failureRate: number;
  /** When an open breaker lets a call through, in ms. */
  readonly nextAttemptMs?: number;
  /** Calls that wait for their turn. */
  readonly waiting: number;
  readonly running: number;
}

export interface GuardedCall {
  readonly storeId: string;
  readonly provider: ProviderName;
  readonly priority: CallPriority;
  /**
   * Waits until a limit allows the call, in its turn and before its time is measured: this is no
   * slowness of the provider. @returns why it is not allowed.
   */
  readonly admit?: () => Promise<ProviderFailure | undefined>;
}

/** Breakers and queues of calls, one of each for a shop and a provider. */
export interface ProviderGuards {
  /**
   * Makes the call in its turn. While the breaker is open, and for the call that opens it, the
   * result is a failure to retry with the fallback as its code, and the time of the next attempt.
   */
  run<T>(of: GuardedCall, call: () => Promise<ProviderResult<T>>): Promise<ProviderResult<T>>;
  /** Of the guards that were used. */
  report(): readonly GuardReport[];
}

/** Each call is made at once. */
export const NO_GUARDS: ProviderGuards = {
  run: async ({ admit }, call) => (await admit?.()) ?? call(),
  report: () => [],
};
