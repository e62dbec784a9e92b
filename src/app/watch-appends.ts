import { createFailureWatch, type Failure } from '../engine/failure-watch.ts';
import type { AppendOutcome, EventLog } from '../ports/event-log.ts';
import type { Ports } from './options.ts';

/** A log whose appends are observed. */
export interface WatchedLog {
  readonly log: EventLog;
  /** Set while no append succeeds. Cleared by the next append that does. */
  readonly failure: () => Failure | undefined;
}

/**
 * Shows when the log answers reads and pings but stores nothing, as on a full disk. The log's
 * other methods are passed on as they are at that moment.
 */
export function watchAppends(
  { log, clock, logger }: Pick<Ports, 'log' | 'clock' | 'logger'>,
  stopping: AbortSignal,
): WatchedLog {
  const failures = createFailureWatch({
    clock,
    stopping,
    onFailing: ({ reason }) => logger.error({ reason }, 'the event log does not store events'),
    onRecovered: () => logger.info({}, 'the event log stores events again'),
  });

  function observe(outcome: AppendOutcome): AppendOutcome {
    if (outcome.outcome === 'done') failures.succeeded();
    else if (outcome.outcome === 'unknown') failures.failed(outcome.error);
    else if (outcome.outcome === 'failed' && outcome.reason === 'unavailable') {
      failures.failed(outcome.error);
    }
    return outcome;
  }

  const append: EventLog['append'] = async (...args) => observe(await log.append(...args));
  return {
    log: Object.assign(Object.create(log) as EventLog, { append }),
    failure: () => failures.current(),
  };
}
