import type { DeliveryReport } from '../engine/deliveries/delivery-worker.ts';
import { queueCounts } from '../engine/deliveries/queue-counts.ts';
import type { ProcessEngine, ProcessReport } from '../engine/processes/process-engine.ts';
import type { ProjectionView } from '../engine/projections/projection-view.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';

/** Reports, at each scrape, the state of each read model and process, from memory. */
export function measureWork(
  metrics: Metrics,
  projections: Pick<ProjectionView, 'report'>,
  processes: Pick<ProcessEngine, 'report'>,
  clock: Pick<Clock, 'now'>,
): void {
  const measureTimers = createTimerMeasurement(metrics, clock);
  metrics.onScrape(() => {
    metrics.reset('projection_state');
    for (const { name, state } of projections.report()) {
      metrics.set('projection_state', { projection: name, state }, 1);
    }
    const reports = processes.report();
    for (const { name, failing } of reports) {
      metrics.set('process_failing', { process: name }, failing ? 1 : 0);
    }
    measureTimers(reports);
  });
}

/** Where instances share the work, a process has timers in the instance that runs it only. */
function createTimerMeasurement(metrics: Metrics, clock: Pick<Clock, 'now'>) {
  const counted = new Map<string, number>();
  return (reports: readonly ProcessReport[]): void => {
    metrics.reset('process_timers_due');
    metrics.reset('process_timer_lag_seconds');
    for (const { name: process, timers } of reports) {
      if (!timers) continue;
      const { due, oldestMs, fired } = timers;
      const lagMs = oldestMs === undefined ? 0 : Math.max(0, clock.now() - oldestMs);
      metrics.set('process_timers_due', { process }, due);
      metrics.set('process_timer_lag_seconds', { process }, lagMs / 1_000);
      const before = counted.get(process) ?? 0;
      counted.set(process, fired);
      // A process that came back to this instance counts from zero again.
      const more = fired < before ? fired : fired - before;
      if (more > 0) metrics.increment('process_timers_fired_total', { process }, more);
    }
  };
}

/** Reports, at each scrape, the queues of deliveries, while this instance sends them. */
export function measureQueues(
  metrics: Metrics,
  deliveries: () => DeliveryReport | undefined,
  clock: Pick<Clock, 'now'>,
): void {
  metrics.onScrape(() => {
    metrics.reset('queue_depth');
    metrics.reset('queue_depth_by_priority');
    const report = deliveries();
    if (!report) return;
    for (const { queue, waiting, active, parked, waitingByPriority } of queueCounts(
      report,
      clock.now(),
    )) {
      for (const [status, count] of Object.entries({ waiting, active, parked })) {
        metrics.set('queue_depth', { queue, status }, count);
      }
      for (const [priority, count] of waitingByPriority) {
        metrics.set('queue_depth_by_priority', { queue_name: queue, priority }, count);
      }
    }
  });
}
