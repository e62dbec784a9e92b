import type { CacheKind } from '../../domain/kernel/names.ts';
import type { Reads } from './reads.ts';

/** A read that is kept in the cache: what it is made of, and which change drops it. */
export interface CachedRead {
  /** Its type in statistics and metrics, and a part of its keys. */
  readonly name: string;
  readonly kind: CacheKind;
  /** All read models that it is made of. */
  readonly projections: readonly string[];
  /** The one of them whose changed documents drop it at once; the others show within `maxAgeMs`. */
  readonly droppedBy: string;
  /** The parts of its key that a changed document belongs to. */
  readonly partsOf: (documentKey: string) => readonly string[];
  /** Longest time in the cache of all instances. It bounds the effect of a lost invalidation. */
  readonly maxAgeMs: number;
  /** Longest time in the memory of an instance. */
  readonly maxLocalAgeMs: number;
  /** Reads ahead what will be asked for, at the start. */
  readonly warmUp?: (scope: WarmUpScope) => Promise<void>;
}

/** The shop for which the cache is filled at the start. */
export interface WarmUpScope {
  readonly reads: Reads;
  readonly storeId: string;
  /** The business day. */
  readonly day: string;
  readonly cached: ReadCached;
}

/** Answers from the cache where it can; else loads, and keeps what was loaded. */
export type ReadCached = <Body>(
  read: CachedRead,
  parts: readonly string[],
  load: () => Promise<Body>,
) => Promise<Body>;
