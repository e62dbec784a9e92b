import { redactSecrets } from '../lib/redact-secrets.ts';
import type { Clock } from '../ports/clock.ts';

/** Retries hide a failure that is shorter than this: it is then neither reported nor logged. */
export const FAILING_AFTER_MS = 1_000;

/** Why some work makes no progress. */
export interface Failure {
  /** Time of the first failed attempt. */
  readonly sinceMs: number;
  /** Of the last attempt; for operators only. */
  readonly reason: string;
}

/** Observes work that is retried without end, and shows when it has failed for too long. */
export interface FailureWatch {
  /** Call after each failed attempt. */
  failed(error: unknown): void;
  /** Call after each progress. */
  succeeded(): void;
  /** The failure, once it has lasted for `FAILING_AFTER_MS` without progress. */
  current(): Failure | undefined;
}

export interface FailureWatchOptions {
  readonly clock: Clock;
  readonly stopping: AbortSignal;
  /** Called once per failure, when it has lasted too long. */
  readonly onFailing: (failure: Failure) => void;
  /** Called at the first progress after `onFailing`. */
  readonly onRecovered: (failure: Failure) => void;
}

/** Measures by a timer and not by the wall clock, which may be set back meanwhile. */
export function createFailureWatch(options: FailureWatchOptions): FailureWatch {
  const { clock, stopping, onFailing, onRecovered } = options;
  /** A new object for each failure, so that a late timer can see that its own is over. */
  let failure: { readonly sinceMs: number; reason: string; lasts: boolean } | undefined;

  async function watch(watched: NonNullable<typeof failure>): Promise<void> {
    await clock.sleep(FAILING_AFTER_MS, stopping);
    if (failure !== watched || stopping.aborted) return;
    watched.lasts = true;
    onFailing(toFailure(watched));
  }

  return {
    failed(error) {
      const reason = reasonOf(error);
      if (failure) {
        failure.reason = reason;
        return;
      }
      failure = { sinceMs: clock.now(), reason, lasts: false };
      void watch(failure);
    },
    succeeded() {
      const before = failure;
      failure = undefined;
      if (before?.lasts) onRecovered(toFailure(before));
    },
    current: () => (failure?.lasts ? toFailure(failure) : undefined),
  };
}

const toFailure = ({ sinceMs, reason }: Failure): Failure => ({ sinceMs, reason });

export function reasonOf(error: unknown): string {
  return redactSecrets(error instanceof Error ? error.message : String(error));
}
