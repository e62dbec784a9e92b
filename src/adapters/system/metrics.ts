import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { type MetricDefinition, METRICS, RUNTIME_METRICS } from '../../ports/metric-definitions.ts';
import type { Metrics, Scrape } from '../../ports/metrics.ts';

/** Series that one metric may have; further combinations of labels are not recorded. */
export const MAX_SERIES = 2_000;
/** A longer label is no name from the code or the configuration; it is not recorded. */
export const MAX_LABEL_LENGTH = 200;
const DROPPED = 'metric_series_dropped_total';
const EVENT_LOOP_PRECISION_MS = 20;

type AnyMetric = Counter | Gauge | Histogram;

export interface SystemMetricsOptions {
  /** Also measures the event loop, garbage collections and memory. Default true. */
  readonly runtime?: boolean;
  /**
   * Scrapes that come so soon after another one get its text: several scrapers cost as much as one.
   * Default 0: each one is new.
   */
  readonly keepMs?: number;
}

/**
 * Metrics in the memory of this instance. A metric that has reached its limit of series drops new
 * combinations of labels, so that no caller can fill the memory.
 */
export function createSystemMetrics(options: SystemMetricsOptions = {}): Metrics {
  const { runtime = true, keepMs = 0 } = options;
  const registry = new Registry();
  const metrics = new Map<string, AnyMetric>();
  const series = new Map<string, Set<string>>();
  const collectors: (() => void)[] = [];
  const dropped = new Counter({
    name: DROPPED,
    help: RUNTIME_METRICS[DROPPED] ?? '',
    labelNames: ['metric'],
    registers: [registry],
  });
  for (const [name, definition] of Object.entries<MetricDefinition>(METRICS)) {
    metrics.set(name, create(registry, name, definition));
    series.set(name, new Set());
  }
  if (runtime) {
    collectDefaultMetrics({
      register: registry,
      eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS,
    });
  }

  /** The metric, unless these labels would be one series too many. */
  function find<M extends AnyMetric>(name: string, labels: Readonly<Record<string, string>>) {
    const known = series.get(name) as Set<string>;
    const key = JSON.stringify(labels);
    if (!known.has(key)) {
      if (known.size >= MAX_SERIES || Object.values(labels).some(isTooLong)) {
        drop(name);
        return;
      }
      known.add(key);
    }
    return metrics.get(name) as M;
  }

  function drop(metric: string): undefined {
    dropped.inc({ metric });
    return undefined;
  }

  let last: { readonly atMs: number; readonly scrape: Promise<Scrape> } | undefined;

  async function scrapeNow(): Promise<Scrape> {
    for (const collect of collectors) collect();
    return { contentType: registry.contentType, text: await registry.metrics() };
  }

  return {
    increment(name, labels, by = 1) {
      find<Counter>(name, labels)?.inc(labels, by);
    },
    set(name, labels, value) {
      find<Gauge>(name, labels)?.set(labels, value);
    },
    observe(name, labels, seconds) {
      find<Histogram>(name, labels)?.observe(labels, seconds);
    },
    reset(name) {
      series.get(name)?.clear();
      metrics.get(name)?.reset();
    },
    onScrape(collect) {
      collectors.push(collect);
    },
    scrape() {
      const nowMs = performance.now();
      if (last && nowMs - last.atMs < keepMs) return last.scrape;
      const scrape = scrapeNow();
      last = { atMs: nowMs, scrape };
      // One that failed is not kept.
      scrape.catch(() => (last = undefined));
      return scrape;
    },
  };
}

const isTooLong = (label: string) => label.length > MAX_LABEL_LENGTH;

function create(registry: Registry, name: string, definition: MetricDefinition): AnyMetric {
  const { type, help, buckets } = definition;
  const common = { name, help, labelNames: [...definition.labels], registers: [registry] };
  switch (type) {
    case 'counter':
      return new Counter(common);
    case 'gauge':
      return new Gauge(common);
    case 'histogram':
      return new Histogram({ ...common, buckets: [...(buckets ?? [])] });
  }
}
