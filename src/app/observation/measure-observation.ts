import type { Metrics } from '../../ports/metrics.ts';
import type { Observation, ObservedLag } from './observation.ts';

/** Reports, at each scrape, the newest observation: no storage is asked by a scrape. */
export function measureObservation(metrics: Metrics, latest: () => Observation | undefined): void {
  const counted = new Map<string, number>();
  metrics.onScrape(() => {
    const observation = latest();
    if (!observation) return;
    measureReaders(metrics, observation);
    measureMachine(metrics, observation);
    measureBreakers(metrics, observation);
    for (const [type, count] of observation.engineEvents) {
      const before = counted.get(type) ?? 0;
      counted.set(type, count);
      if (count > before) {
        metrics.increment('projection_engine_events_total', { type }, count - before);
      }
    }
  });
}

/** Counts and no shops: a shop would be one more time series each. */
function measureBreakers(metrics: Metrics, { breakers = [] }: Observation): void {
  metrics.reset('provider_breakers');
  metrics.reset('provider_calls');
  for (const { provider, state, requestCount, waiting, running } of breakers) {
    if (requestCount > 0 || state !== 'CLOSED') {
      const same = breakers.filter((each) => each.provider === provider && each.state === state);
      metrics.set('provider_breakers', { provider, state }, same.length);
    }
    const all = breakers.filter((each) => each.provider === provider);
    const sum = (field: 'waiting' | 'running') =>
      all.reduce((total, each) => total + each[field], 0);
    if (waiting + running === 0) continue;
    metrics.set('provider_calls', { provider, status: 'waiting' }, sum('waiting'));
    metrics.set('provider_calls', { provider, status: 'running' }, sum('running'));
  }
}

function measureReaders(metrics: Metrics, { projections, processes }: Observation): void {
  const gauges = [
    'projection_lag_events',
    'projection_lag_seconds',
    'process_lag_events',
    'process_lag_seconds',
  ] as const;
  // What is unknown now must not show its last value.
  for (const gauge of gauges) metrics.reset(gauge);
  for (const { name: projection, lag } of known(projections)) {
    metrics.set('projection_lag_events', { projection }, lag.events);
    metrics.set('projection_lag_seconds', { projection }, lag.seconds);
  }
  for (const { name: process, lag } of known(processes)) {
    metrics.set('process_lag_events', { process }, lag.events);
    metrics.set('process_lag_seconds', { process }, lag.seconds);
  }
  const building = projections.filter((projection) => projection.building).length;
  metrics.set('projections_building', {}, building);
}

function known<R extends { readonly lag: ObservedLag | undefined }>(readers: readonly R[]) {
  return readers.flatMap((reader) => (reader.lag ? [{ ...reader, lag: reader.lag }] : []));
}

function measureMachine(metrics: Metrics, observation: Observation): void {
  const { dependencies, disk, startsLastHour, heap } = observation;
  metrics.reset('dependency_latency_seconds');
  for (const { name: dependency, ok, latencyMs } of dependencies) {
    metrics.set('dependency_up', { dependency }, ok ? 1 : 0);
    if (ok) metrics.set('dependency_latency_seconds', { dependency }, latencyMs / 1_000);
  }
  if (disk) metrics.set('disk_free_ratio', {}, disk.freeBytes / Math.max(1, disk.totalBytes));
  if (startsLastHour !== undefined) metrics.set('instance_starts_last_hour', {}, startsLastHour);
  if (!heap) return;
  metrics.set('heap_used_after_gc_bytes', {}, heap.usedBytes);
  metrics.set('heap_growth_bytes_per_hour', {}, heap.growthBytesPerHour);
}
