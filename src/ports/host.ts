/** Free and total space of the disk that holds the data. */
export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface HeapTrend {
  /** Heap in use after the last full garbage collection. */
  readonly usedBytes: number;
  /** Slope of that heap over the last hour; steady growth is a leak. */
  readonly growthBytesPerHour: number;
}

/** The machine and the runtime below this instance, as far as they can be seen from inside. */
export interface Host {
  /** A name that this instance keeps over restarts. */
  readonly instance: string;
  /** Undefined where the disk cannot be read, or no data is on it. */
  disk(): Promise<DiskSpace | undefined>;
  /** Starts of this instance in the hour before `nowMs`, with this one; undefined if unknown. */
  startsLastHour(nowMs: number): number | undefined;
  /** Undefined before the first full garbage collection. */
  heap(): HeapTrend | undefined;
}

/** Knows nothing: for tests, the simulation and the command line. */
export const NO_HOST: Host = {
  instance: 'local',
  disk: () => Promise.resolve(undefined),
  startsLastHour: () => undefined,
  heap: () => undefined,
};
