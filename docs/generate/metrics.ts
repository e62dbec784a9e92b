import {
  type MetricDefinition,
  METRICS,
  PLANNED_METRICS,
  RUNTIME_METRICS,
} from '../../src/ports/metric-definitions.ts';
import { code, table } from './markdown.ts';

const labelsOf = (labels: readonly string[]) => labels.map(code).join(', ');

/** Every metric of the product. */
export function metricTable(): string {
  const rows = Object.entries<MetricDefinition>(METRICS).map(
    ([name, { type, labels, help, buckets }]) => [
      code(name),
      type,
      labelsOf(labels),
      buckets ? `${help} Buckets: ${buckets.join(' ')} s.` : help,
    ],
  );
  return table(['Metric', 'Type', 'Labels', 'Meaning'], rows);
}

/** What the client library adds about the runtime. */
export function runtimeTable(): string {
  const rows = Object.entries(RUNTIME_METRICS).map(([name, help]) => [code(name), help]);
  return table(['Metric', 'Meaning'], rows);
}

/** Names that are reserved. */
export function plannedTable(): string {
  const rows = Object.entries(PLANNED_METRICS).map(([name, { type, labels, help, comesWith }]) => [
    code(name),
    type,
    labelsOf(labels),
    help,
    comesWith,
  ]);
  return table(['Metric', 'Type', 'Labels', 'Meaning', 'Comes with'], rows);
}
