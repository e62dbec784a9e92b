import { LRUCache } from 'lru-cache';

import { approximateBytes } from '../../lib/approximate-bytes.ts';
import type { StreamState } from './stream-state.ts';

/** Events between two waypoints of a stream. */
export const WAYPOINT_EVERY = 500;
const MAX_ENTRY_BYTES = 4 * 1_048_576;

/**
 * States of long streams at some of their revisions, so that a repeat of an old command need not
 * fold its stream from the first event. A hint: a fold that starts there checks it against the log.
 */
export interface Waypoints {
  /** The latest kept state of the stream at that revision or before. */
  nearest(stream: string, revision: number): StreamState<unknown> | undefined;
  /** Keeps a state when one is due for its part of the stream. */
  offer(entry: StreamState<unknown>): void;
}

export const noWaypoints: Waypoints = { nearest: () => undefined, offer: () => undefined };

export function createWaypoints(maxBytes: number): Waypoints {
  const entries = new LRUCache<string, StreamState<unknown>>({
    maxSize: maxBytes,
    maxEntrySize: MAX_ENTRY_BYTES,
    sizeCalculation: ({ state }) => approximateBytes(state, MAX_ENTRY_BYTES + 1) + 200,
  });
  const keyOf = (stream: string, number: number) => `${stream} ${number}`;
  return {
    nearest(stream, revision) {
      for (let number = Math.floor((revision + 1) / WAYPOINT_EVERY); number > 0; number--) {
        const entry = entries.get(keyOf(stream, number));
        if (entry && entry.revision <= revision) return entry;
      }
      return undefined;
    },
    offer(entry) {
      const { stream, revision } = entry;
      const key = keyOf(stream, Math.floor((revision + 1) / WAYPOINT_EVERY));
      // The first state of its part serves most of the revisions that follow.
      const kept = entries.get(key);
      if (revision + 1 >= WAYPOINT_EVERY && (!kept || kept.revision > revision)) {
        entries.set(key, entry);
      }
    },
  };
}
