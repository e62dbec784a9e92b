import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';

import type { Host } from '../../ports/host.ts';
import { createHeapTrend, type WatchedHeap } from './heap-trend.ts';
import { noteStart } from './starts-file.ts';

const HOUR_MS = 3_600_000;

export interface SystemHostOptions {
  /** The folder of the data; undefined where none is on this machine. */
  readonly dataDir: string | undefined;
  readonly nowMs: number;
}

export interface SystemHost extends Host {
  close(): void;
}

/** This machine and this runtime. Records the start, so that restarts can be counted. */
export function createSystemHost({ dataDir, nowMs }: SystemHostOptions): SystemHost {
  const starts = dataDir === undefined ? undefined : noteStart(dataDir, nowMs);
  const heap: WatchedHeap = createHeapTrend();
  return {
    instance: hostname(),
    async disk() {
      if (dataDir === undefined) return undefined;
      const { bavail, blocks, bsize } = await statfs(dataDir);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    },
    startsLastHour: (now) =>
      starts?.filter((startMs) => startMs > now - HOUR_MS && startMs <= now).length,
    heap: () => heap.trend(),
    close: () => heap.close(),
  };
}
