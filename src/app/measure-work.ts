import type { ProcessEngine } from '../engine/processes/process-engine.ts';
import type { ProjectionView } from '../engine/projections/projection-view.ts';
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
