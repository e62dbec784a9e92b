import { createFailureWatch, type Failure } from '../engine/failure-watch.ts';
import type { AppendOutcome, EventLog } from '../ports/event-log.ts';
import { type Metrics, NO_METRICS } from '../ports/metrics.ts';
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
  { log, clock, logger, metrics = NO_METRICS }: Pick<Ports, 'log' | 'clock' | 'logger' | 'metrics'>,
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

  const append: EventLog['append'] = async (...args) => {
    const startedMs = performance.now();
    const result = observe(await log.append(...args));
    measure(metrics, result, args[2].length, (performance.now() - startedMs) / 1_000);
    return result;
  };
  metrics.onScrape(() => metrics.set('append_failing', {}, failures.current() ? 1 : 0));
  return {
    log: Object.assign(Object.create(log) as EventLog, { append }),
    failure: () => failures.current(),
  };
}

function measure(metrics: Metrics, { outcome }: AppendOutcome, events: number, seconds: number) {
  metrics.observe('event_append_duration_seconds', { outcome }, seconds);
  if (outcome === 'done') metrics.increment('events_appended_total', {}, events);
  else if (outcome === 'conflict') metrics.increment('append_conflicts_total', {});
  else if (outcome === 'unknown') {
    metrics.increment('append_unknown_outcomes_total', {});
    const labels = { service: 'event-log', operation: 'append' };
    metrics.increment('timeout_errors_by_service_total', labels);
  }
}
