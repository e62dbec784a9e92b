import { getHeapStatistics } from 'node:v8';

const MIB = 1_048_576;

const share = (heapBytes: number, part: number, minMib: number, maxMib: number) =>
  Math.round(Math.min(Math.max(heapBytes / part, minMib * MIB), maxMib * MIB));

/**
 * How much of the heap (`--max-old-space-size`) requests, responses and caches may take. With
 * all of them full, most of the heap is left for the work itself.
 */
export function memoryLimits(heapBytes: number = getHeapStatistics().heap_size_limit) {
  return {
    api: {
      heldBodyBytes: share(heapBytes, 16, 8, 128),
      unreadBytes: share(heapBytes, 16, 8, 128),
      unreadBytesPerConnection: share(heapBytes, 64, 2, 8),
    },
    app: { cachedBytes: share(heapBytes, 8, 16, 256) },
  };
}
