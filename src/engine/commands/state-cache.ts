import { LRUCache } from 'lru-cache';

import { approximateBytes } from '../../lib/approximate-bytes.ts';
import type { StreamState } from './stream-state.ts';

const MIB = 1_048_576;
const MAX_CACHED_STREAMS = 20_000;
const MAX_CACHED_BYTES = 64 * MIB;
/** A larger state is read from the log each time. */
const MAX_ENTRY_BYTES = 8 * MIB;
/** Of the id of a handled command and where its events are. */
const HANDLED_BYTES = 120;

/** Folded streams of this instance. A hint: every result is right without it, or if it is wrong. */
export interface StateCache {
  get(stream: string): StreamState<unknown> | undefined;
  set(entry: StreamState<unknown>): void;
  delete(stream: string): void;
}

export interface StateCacheLimits {
  readonly maxStreams?: number | undefined;
  readonly maxBytes?: number | undefined;
}

export function createStateCache(limits: StateCacheLimits = {}): StateCache {
  const { maxStreams = MAX_CACHED_STREAMS, maxBytes = MAX_CACHED_BYTES } = limits;
  const entries = new LRUCache<string, StreamState<unknown>>({
    max: maxStreams,
    maxSize: maxBytes,
    maxEntrySize: Math.min(MAX_ENTRY_BYTES, maxBytes),
    sizeCalculation: ({ state, handled }) =>
      200 + approximateBytes(state, MAX_ENTRY_BYTES + 1) + handled.size * HANDLED_BYTES,
  });
  return {
    get: (stream) => entries.get(stream),
    set: (entry) => {
      entries.set(entry.stream, entry);
    },
    delete: (stream) => {
      entries.delete(stream);
    },
  };
}

export const noStateCache: StateCache = {
  get: () => undefined,
  set: () => undefined,
  delete: () => undefined,
};
