import { LRUCache } from 'lru-cache';

import type { StreamState } from './stream-state.ts';

const MAX_CACHED_STREAMS = 20_000;

/** Folded streams of this instance. A hint: every result is right without it, or if it is wrong. */
export interface StateCache {
  get(stream: string): StreamState<unknown> | undefined;
  set(entry: StreamState<unknown>): void;
  delete(stream: string): void;
}

export function createStateCache(max = MAX_CACHED_STREAMS): StateCache {
  const entries = new LRUCache<string, StreamState<unknown>>({ max });
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
