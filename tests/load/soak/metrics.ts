/** What is looked at while the server runs, and how fast each may rise. */
export const METRICS = {
  mainHeap: {
    title: 'heap of the main thread',
    unit: 'MiB',
    mostPerHour: 24,
    reason: '100 bytes kept for each of 70 requests a second would be as much',
  },
  projectionHeap: {
    title: 'heap of the projection thread',
    unit: 'MiB',
    mostPerHour: 24,
    reason: 'its caches of stream revisions fill for hours, up to 100,000 entries',
  },
  resident: {
    title: 'resident memory',
    unit: 'MiB',
    mostPerHour: 120,
    reason: 'pages of the files come into memory until their caches are full',
  },
  handles: {
    title: 'handles',
    unit: '',
    mostPerHour: 6,
    reason: 'one that is lost every ten minutes',
  },
  openFiles: {
    title: 'open files',
    unit: '',
    mostPerHour: 6,
    reason: 'one that is lost every ten minutes',
  },
  loopDelay: {
    title: 'event-loop delay beyond that of the clients',
    unit: 'ms',
    mostPerHour: 6,
    reason: '1 ms in ten minutes; whatever else the machine does delays the clients as well',
  },
  lag: {
    title: 'events that the slowest read model lags',
    unit: '',
    mostPerHour: 60,
    reason: 'a feed that falls behind never stops falling',
  },
} as const satisfies Record<string, Metric>;

interface Metric {
  readonly title: string;
  readonly unit: string;
  /** The steepest rise that is not a failure. */
  readonly mostPerHour: number;
  /** Why that much. */
  readonly reason: string;
}

export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

/** One look at the server. */
export interface Sample {
  /** Since the first look. */
  readonly atMs: number;
  readonly values: Readonly<Record<MetricName, number>>;
}
