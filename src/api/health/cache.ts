import { type Static, Type } from '@sinclair/typebox';

import { oneOf } from '../../domain/kernel/schema.ts';
import type { ReadCacheReport } from '../read-cache.ts';
import type { measureDependency } from './checks.ts';

/** A cache that takes longer than this to respond helps no request. */
const MAX_LATENCY_MS = 100;

const Count = Type.Integer({ minimum: 0 });
const Percent = Type.Number({ minimum: 0, maximum: 100 });

export const CacheBlock = Type.Object(
  {
    healthy: Type.Boolean({ description: 'The shared cache, if there is one, responds in time.' }),
    mode: oneOf(
      ['off', 'local', 'shared'],
      'In two levels, in the memory of this instance alone, or not at all: instances share the storage, but no cache.',
    ),
    redisLatency: Type.Optional(
      Type.Number({ minimum: 0, description: 'Milliseconds; absent without a shared cache.' }),
    ),
    localCacheSize: Type.Integer({ minimum: 0, description: 'Entries in memory.' }),
    localCacheBytes: Type.Integer({ minimum: 0, description: 'Their memory, about.' }),
    hitRate: Type.Number({ ...Percent, description: 'Percent of all reads since the start.' }),
    stats: Type.Record(
      Type.String(),
      Type.Object({
        hits: Count,
        misses: Count,
        l1Hits: Type.Integer({ minimum: 0, description: 'From the memory of this instance.' }),
        l2Hits: Type.Integer({ minimum: 0, description: 'From the shared cache.' }),
        totalRequests: Count,
        avgResponseTime: Type.Number({ minimum: 0, description: 'Milliseconds.' }),
      }),
      { description: 'By type of read, since the start of this instance.' },
    ),
    error: Type.Optional(Type.String()),
  },
  { description: 'Reads that are answered from a cache.' },
);

type Measured = Awaited<ReturnType<typeof measureDependency>>;

export function cacheBlockOf(
  { mode, entries, bytes, types }: ReadCacheReport,
  dependency: Measured | undefined,
): Static<typeof CacheBlock> {
  const stats = types.map(({ type, l1Hits, l2Hits, misses, averageMs }) => {
    const hits = l1Hits + l2Hits;
    const avgResponseTime = Math.round(1_000 * averageMs) / 1_000;
    const totalRequests = hits + misses;
    return [type, { hits, misses, l1Hits, l2Hits, totalRequests, avgResponseTime }] as const;
  });
  const total = (field: 'hits' | 'totalRequests') =>
    stats.reduce((sum, [, counts]) => sum + counts[field], 0);
  const hitRate = (100 * total('hits')) / Math.max(1, total('totalRequests'));
  return {
    healthy: !dependency || (dependency.ok && dependency.latencyMs < MAX_LATENCY_MS),
    mode,
    ...(dependency && { redisLatency: dependency.latencyMs }),
    localCacheSize: entries,
    localCacheBytes: bytes,
    hitRate: Math.round(10 * hitRate) / 10,
    stats: Object.fromEntries(stats),
    ...(dependency && !dependency.ok && { error: dependency.reason }),
  };
}
