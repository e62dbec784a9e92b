import type { CachedReadReport } from '../../api/read-cache.ts';
import type { CachedRead } from '../../engine/projections/cached-read.ts';
import type { Metrics } from '../../ports/metrics.ts';

export type ReadResult = 'L1' | 'L2' | 'miss';
export type CacheOperation = 'get' | 'put' | 'drop' | 'announce';

/** What became of the reads, for the health report and the metrics. */
export interface CacheStatistics {
  /** `startedMs` is a time of `performance.now()`. */
  read(type: string, result: ReadResult, startedMs: number): void;
  /** An operation on the shared cache. */
  operation(type: string, name: CacheOperation, startedMs: number, done: boolean): void;
  report(): readonly CachedReadReport[];
}

const secondsSince = (startedMs: number) => (performance.now() - startedMs) / 1_000;

export function createCacheStatistics(
  reads: readonly CachedRead[],
  metrics: Metrics,
): CacheStatistics {
  const none = () => ({ L1: 0, L2: 0, miss: 0, seconds: 0 });
  const byType = new Map(reads.map(({ name }) => [name, none()]));
  metrics.onScrape(() => {
    for (const [cache_type, { L1, L2, miss }] of byType) {
      const all = L1 + L2 + miss;
      const percent = all === 0 ? 0 : (100 * (L1 + L2)) / all;
      metrics.set('cache_hit_rate_by_type', { cache_type }, percent);
    }
  });
  return {
    read(cache_type, result, startedMs) {
      const seconds = secondsSince(startedMs);
      const counts = byType.get(cache_type);
      if (counts) {
        counts[result] += 1;
        counts.seconds += seconds;
      }
      if (result === 'miss') metrics.increment('cache_misses_total', { cache_type });
      else metrics.increment('cache_hits_total', { cache_type, level: result });
      const outcome = result === 'miss' ? 'miss' : 'hit';
      metrics.observe('cache_response_time_seconds', { cache_type, result: outcome }, seconds);
    },
    operation(cache_type, operation, startedMs, done) {
      const labels = { cache_type, operation };
      metrics.increment('cache_operations_total', labels);
      if (!done) metrics.increment('cache_errors_total', labels);
      metrics.observe('cache_operation_duration_seconds', labels, secondsSince(startedMs));
    },
    report: () =>
      [...byType].map(([type, { L1, L2, miss, seconds }]) => ({
        type,
        l1Hits: L1,
        l2Hits: L2,
        misses: miss,
        averageMs: (1_000 * seconds) / Math.max(1, L1 + L2 + miss),
      })),
  };
}
