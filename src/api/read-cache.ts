import type { Position } from '../domain/kernel/position.ts';
import type { CachedRead } from '../engine/projections/cached-read.ts';

/** One read of a shop that may be answered from the cache. */
export interface ReadThrough<Body> {
  readonly storeId: string;
  /** Names the body among those of its type. */
  readonly parts: readonly string[];
  /** The body must include everything up to here. */
  readonly position: Position | undefined;
  /** Reads the body from the read models. What it throws reaches the caller. */
  readonly load: () => Promise<Body>;
}

/** What became of the reads of one type since the start. */
export interface CachedReadReport {
  readonly type: string;
  /** Answered from the memory of this instance. */
  readonly l1Hits: number;
  /** Answered from the cache of all instances. */
  readonly l2Hits: number;
  readonly misses: number;
  /** Of all reads, in milliseconds. */
  readonly averageMs: number;
}

export interface ReadCacheReport {
  /** `off`: instances share the storage and no cache. `local`: in memory only. */
  readonly mode: 'off' | 'local' | 'shared';
  /** In the memory of this instance. */
  readonly entries: number;
  readonly bytes: number;
  readonly types: readonly CachedReadReport[];
}

/**
 * Bodies of responses in two levels: the memory of the instance, and the cache that instances
 * share. Whatever fails in it is a miss.
 */
export interface ReadCache {
  /**
   * A body that is no older than the read models were when this instance last reported a change of
   * it, and never older than `position`.
   */
  read<Body>(read: CachedRead, request: ReadThrough<Body>): Promise<Body>;
  report(): ReadCacheReport;
}
