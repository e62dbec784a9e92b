import type { DeliveryReport } from '../engine/deliveries/delivery-worker.ts';
import { queueCounts } from '../engine/deliveries/queue-counts.ts';
import type { ProcessEngine } from '../engine/processes/process-engine.ts';
import type { ProjectionView } from '../engine/projections/projection-view.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';

/** Reports, at each scrape, the state of each read model and process, from memory. */
export function measureWork(
  metrics: Metrics,
  projections: Pick<ProjectionView, 'report'>,
  processes: Pick<ProcessEngine, 'report'>,
): void {
  metrics.onScrape(() => {
    metrics.reset('projection_state');
    for (const { name, state } of projections.report()) {
      metrics.set('projection_state', { projection: name, state }, 1);
    }
    for (const { name, failing } of processes.report()) {
      metrics.set('process_failing', { process: name }, failing ? 1 : 0);
    }
  });
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
