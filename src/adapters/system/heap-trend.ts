import { constants, PerformanceObserver } from 'node:perf_hooks';

import { growthPerHour, type Sample } from '../../lib/growth-per-hour.ts';
import type { HeapTrend } from '../../ports/host.ts';

const HOUR_MS = 3_600_000;
/** One sample in ten seconds is kept at most, which is an hour of them. */
const MIN_DISTANCE_MS = 10_000;
const MAX_SAMPLES = HOUR_MS / MIN_DISTANCE_MS;

export interface WatchedHeap {
  trend(): HeapTrend | undefined;
  close(): void;
}

/** Measures the heap after each full garbage collection: what is left then is in real use. */
export function createHeapTrend(): WatchedHeap {
  let samples: readonly Sample[] = [];
  const observer = new PerformanceObserver((list) => {
    const isFull = list.getEntries().some(isMajor);
    if (!isFull) return;
    const atMs = performance.now();
    const last = samples.at(-1);
    const kept = last && atMs - last.atMs < MIN_DISTANCE_MS ? samples.slice(0, -1) : samples;
    // The time of the older one stays, so that many collections cannot push the samples ahead.
    const keptMs = kept === samples ? atMs : (last?.atMs ?? atMs);
    samples = [...kept, { atMs: keptMs, value: process.memoryUsage().heapUsed }]
      .filter((sample) => sample.atMs > atMs - HOUR_MS)
      .slice(-MAX_SAMPLES);
  });
  observer.observe({ entryTypes: ['gc'] });
  return {
    trend() {
      const last = samples.at(-1);
      if (!last) return undefined;
      return { usedBytes: last.value, growthBytesPerHour: growthPerHour(samples) };
    },
    close: () => observer.disconnect(),
  };
}

/** The types of Node 20 do not know the detail of a garbage collection. */
function isMajor(entry: object): boolean {
  const { detail } = entry as { readonly detail?: { readonly kind?: number } };
  return detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
