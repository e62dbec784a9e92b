import { DomainError, UpstreamError } from '../../domain/kernel/errors.ts';
import type { NewEvent } from '../../domain/kernel/event.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AppendOutcome, EventLog, ExpectedRevision } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';

const FIRST_PAUSE_MS = 10;
const MAX_PAUSE_MS = 1_000;

type Known = Extract<AppendOutcome, { outcome: 'done' | 'conflict' }>;

export interface AppendPolicy {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Time after which a command stops retrying and reports its outcome as unknown. */
  readonly deadlineMs: number;
}

/**
 * Appends, and repeats the identical append (same ids, same revision) while the outcome is unknown
 * or the log cannot be reached. It never decides again: that could store two decisions.
 * @throws UpstreamError outcome_unknown when the deadline has passed and the append may have been
 *   stored; store_unavailable when it certainly was not.
 * @throws DomainError batch_too_large.
 */
export async function appendUntilKnown(
  { log, clock, ids, deadlineMs }: AppendPolicy,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): Promise<Known> {
  const fromMs = clock.now();
  // The sum of its pauses, so that the deadline holds although the clock is set back meanwhile.
  let pausedMs = 0;
  let mayBeStored = false;
  for (let attempt = 0; ; attempt++) {
    const outcome = await log.append(stream, expected, events);
    switch (outcome.outcome) {
      case 'done':
      case 'conflict':
        return outcome;
      case 'unknown':
        mayBeStored = true;
        break;
      case 'failed':
        if (outcome.reason === 'too-large') {
          throw new DomainError('batch_too_large', outcome.error.message, { stream });
        }
        if (!outcome.retryable && !mayBeStored) throw gaveUp(stream, false, outcome.error);
    }
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** attempt, MAX_PAUSE_MS) * (0.5 + ids.random());
    const passedMs = Math.max(clock.now() - fromMs, pausedMs);
    if (passedMs + pause >= deadlineMs) throw gaveUp(stream, mayBeStored, outcome.error);
    await clock.sleep(pause);
    pausedMs += pause;
  }
}

function gaveUp(stream: string, mayBeStored: boolean, cause: Error): UpstreamError {
  return mayBeStored
    ? new UpstreamError(
        'outcome_unknown',
        `the log did not say whether the append to ${stream} was stored; repeat it with the same key`,
        { stream },
        cause,
      )
    : new UpstreamError(
        'store_unavailable',
        `the log did not take the append to ${stream}: ${cause.message}`,
        { stream },
        cause,
      );
}
