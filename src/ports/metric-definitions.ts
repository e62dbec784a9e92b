/** Buckets of response times of the API, in seconds; p50, p95 and p99 are derived from them. */
const HTTP_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const CACHE_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1];
const STORE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** What it measures, with its unit. */
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds in seconds, of a histogram. */
  readonly buckets?: readonly number[];
}

const counter = <const L extends readonly string[]>(help: string, labels: L) =>
  ({ type: 'counter', help, labels }) as const;
const gauge = <const L extends readonly string[]>(help: string, labels: L) =>
  ({ type: 'gauge', help, labels }) as const;
const histogram = <const L extends readonly string[]>(
  help: string,
  labels: L,
  buckets: readonly number[],
) => ({ type: 'histogram', help, labels, buckets }) as const;

/** Every metric, once. The adapter registers them from here. */
export const METRICS = {
  // business
  orders_processed_per_minute: gauge('Orders placed or imported in the last 60 s.', []),

  business_events_total: counter('What happened in the shops, as this instance recorded it.', [
    'event_type',
  ]),

  // deliveries; a queue is a channel
  queue_depth: gauge('Items of a queue by status.', ['queue', 'status']),
  queue_depth_by_priority: gauge('Waiting items of a queue by priority.', [
    'queue_name',
    'priority',
  ]),
  queue_jobs_processed_total: counter('Attempts of a queue that ended, by result.', [
    'queue',
    'status',
  ]),
  queue_job_duration_seconds: histogram(
    'Time of an attempt, by result.',
    ['queue', 'status'],
    [0.1, 0.5, 1, 2, 5, 10, 30, 60],
  ),

  // HTTP
  http_request_duration_seconds: histogram(
    'Duration of a request from its first byte to the end of its response.',
    ['method', 'route', 'status_class'],
    HTTP_BUCKETS,
  ),
  http_requests_in_progress: gauge('Requests that have begun and not ended.', []),
  requests_by_shop_total: counter('Requests by shop; shops beyond the limit count as `other`.', [
    'shop',
  ]),
  rate_limited_requests_total: counter('Requests rejected with 429.', ['route']),
  denied_requests_total: counter('Requests without a valid key (401) or the permission (403).', [
    'route',
    'reason',
  ]),
  api_errors_by_endpoint_total: counter('Responses with an error code.', [
    'service',
    'endpoint',
    'error_code',
  ]),
  timeout_errors_by_service_total: counter('Calls that got no answer in time.', [
    'service',
    'operation',
  ]),

  // event log
  event_append_duration_seconds: histogram(
    'Duration of one append to the event log.',
    ['outcome'],
    STORE_BUCKETS,
  ),
  events_appended_total: counter('Events stored by this instance.', []),
  append_conflicts_total: counter('Appends that met another revision; the command is retried.', []),
  append_unknown_outcomes_total: counter(
    'Appends of unknown outcome; they are repeated until it is known.',
    [],
  ),
  append_failing: gauge('1 while the event log stores no event.', []),
  command_duration_seconds: histogram(
    'Duration of a command: load, decide and append, retries included.',
    ['category', 'outcome'],
    STORE_BUCKETS,
  ),

  // the read cache
  cache_hits_total: counter(
    'Reads answered from the cache, by level: `L1` in memory, `L2` shared by instances.',
    ['cache_type', 'level'],
  ),
  cache_misses_total: counter('Reads that no level answered.', ['cache_type']),
  cache_hit_rate_by_type: gauge('Hits among all reads since the start, in percent.', [
    'cache_type',
  ]),
  cache_response_time_seconds: histogram(
    'Duration of a read through the cache, by result: `hit` or `miss`.',
    ['cache_type', 'result'],
    CACHE_BUCKETS,
  ),
  cache_operations_total: counter('Operations on the shared cache.', ['cache_type', 'operation']),
  cache_errors_total: counter('Writes and drops that the shared cache did not confirm.', [
    'cache_type',
    'operation',
  ]),
  cache_operation_duration_seconds: histogram(
    'Duration of an operation on the shared cache.',
    ['cache_type', 'operation'],
    CACHE_BUCKETS,
  ),

  // calls to providers
  provider_breakers: gauge('Breakers of calls to a provider by state, one for each shop.', [
    'provider',
    'state',
  ]),
  provider_reads_total: counter(
    'Reads at a provider, as it meters them: each request that was sent and changes nothing.',
    ['provider'],
  ),
  provider_calls: gauge('Calls to a provider that wait or are under way.', ['provider', 'status']),

  // read models and processes
  projection_state: gauge('1 for the state that a read model is in.', ['projection', 'state']),
  process_failing: gauge('1 while a process makes no progress.', ['process']),
  projection_lag_events: gauge('Events of the log that a read model has not seen.', ['projection']),
  projection_lag_seconds: gauge('Age of the oldest event that a read model has not seen.', [
    'projection',
  ]),
  projection_engine_events_total: counter(
    'Engine events since the start: gaps, repairs, rebuilds, blocks, skips.',
    ['type'],
  ),
  projections_building: gauge('Read models whose next generation is being built.', []),
  process_lag_events: gauge('Events of the log that a process has not seen.', ['process']),
  process_lag_seconds: gauge('Age of the oldest event that a process has not seen.', ['process']),
  process_timers_due: gauge('Timers whose time has come and that have not fired yet.', ['process']),
  process_timer_lag_seconds: gauge('How late the oldest timer is that is due.', ['process']),
  process_timers_fired_total: counter('Timers that fired.', ['process']),

  // the machine
  dependency_up: gauge('1 while a dependency responds.', ['dependency']),
  dependency_latency_seconds: gauge('Time that a dependency took to respond.', ['dependency']),
  disk_free_ratio: gauge('Free part of the disk that holds the data folder, 0 to 1.', []),
  instance_starts_last_hour: gauge('Starts of this instance in the last hour.', []),
  heap_used_after_gc_bytes: gauge('Heap that a full garbage collection left.', []),
  heap_growth_bytes_per_hour: gauge(
    'Trend of the heap after garbage collections over the last hour: steady growth is a leak.',
    [],
  ),

  // notices of providers
  last_notice_age_seconds: gauge(
    'Time since the last notice or webhook: of `payments`, or of a provider. One instance shows it.',
    ['source'],
  ),

  // alerts
  alerts_raised_total: counter('Alerts raised by this instance.', ['rule', 'severity']),
  alerts_active: gauge('Open alerts that this instance knows of.', ['rule']),
} as const satisfies Record<string, MetricDefinition>;

type Definitions = typeof METRICS;
export type MetricName = keyof Definitions;
type NamesOf<T extends MetricDefinition['type']> = {
  [N in MetricName]: Definitions[N]['type'] extends T ? N : never;
}[MetricName];
export type CounterName = NamesOf<'counter'>;
export type GaugeName = NamesOf<'gauge'>;
export type HistogramName = NamesOf<'histogram'>;
export type LabelsOf<N extends MetricName> = Readonly<
  Record<Definitions[N]['labels'][number], string>
>;

/** Metrics that the adapter adds by itself, for the reference page and the tests. */
export const RUNTIME_METRICS: Readonly<Record<string, string>> = {
  process_cpu_seconds_total: 'CPU time of the instance.',
  process_resident_memory_bytes: 'Memory of the instance.',
  process_start_time_seconds: 'When the instance started, as Unix time.',
  process_open_fds: 'Open files and sockets.',
  nodejs_eventloop_lag_seconds: 'Delay of the event loop at the scrape.',
  nodejs_eventloop_lag_p50_seconds: 'Median delay of the event loop.',
  nodejs_eventloop_lag_p99_seconds: '99th percentile of the delay of the event loop.',
  nodejs_gc_duration_seconds: 'Histogram of garbage collections, by `kind`.',
  nodejs_heap_size_used_bytes: 'Heap in use.',
  nodejs_heap_size_total_bytes: 'Heap reserved.',
  metric_series_dropped_total:
    'Values that were not recorded, by `metric`: it has reached its limit of series.',
  nodejs_external_memory_bytes: 'Memory of buffers outside the heap.',
};

export interface PlannedMetric {
  readonly type: MetricDefinition['type'];
  readonly labels: readonly string[];
  readonly help: string;
  /** What brings its source. */
  readonly comesWith: string;
}

/** Names that are reserved: they are exported as soon as the feature that feeds them exists. */
export const PLANNED_METRICS: Readonly<Record<string, PlannedMetric>> = {
  mapping_success_rate: {
    type: 'gauge',
    labels: [],
    help: 'Percent of jobs that were mapped, 24 h.',
    comesWith: 'catalog mapping',
  },
  revenue_sync_accuracy: {
    type: 'gauge',
    labels: [],
    help: 'Percent of receipts within 0.01 of the amount of the sale, 24 h.',
    comesWith: 'bookkeeping',
  },
  modifier_processing_rate: {
    type: 'gauge',
    labels: [],
    help: 'Percent of jobs with modifiers that completed, 24 h.',
    comesWith: 'bookkeeping',
  },
  failed_mappings_by_type_total: {
    type: 'counter',
    labels: ['mapping_type', 'error_category'],
    help: 'Mappings that failed.',
    comesWith: 'catalog mapping',
  },
  webhook_processing_latency_seconds: {
    type: 'histogram',
    labels: ['webhook_type', 'status'],
    help: 'From receipt to the end of processing: 0.1 0.5 1 2 5 10 30 60 120 s.',
    comesWith: 'webhooks',
  },
  quickbooks_api_response_time_seconds: {
    type: 'histogram',
    labels: ['endpoint', 'method', 'status'],
    help: 'Response time of the provider: 0.1 0.5 1 2 5 10 30 s.',
    comesWith: 'bookkeeping',
  },
  db_connection_pool_utilization: {
    type: 'gauge',
    labels: ['pool_type'],
    help: 'Percent of a pool of connections in use, `write` or `read`.',
    comesWith: 'a storage with pools; embedded storage has none',
  },
};
