import { LRUCache } from 'lru-cache';

import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { comparePositions, type Position } from '../../../domain/kernel/position.ts';
import type { EngineContext } from '../context.ts';

const PAGE = 500;

/** What to do with the next event of a stream. */
export type Verdict =
  | { readonly verdict: 'apply' }
  | { readonly verdict: 'skip' }
  /** The events from revision `from` up to the one before it were never applied. */
  | { readonly verdict: 'gap'; readonly from: number };

/** Knows the last revision of each stream that was applied, so that no event is missed (K6). */
export interface Continuity {
  /** Loads the last revisions of a batch's streams; `reached`: how far the feed is before it. */
  prepare(events: readonly RecordedEvent[], reached: Position): Promise<void>;
  judge(event: RecordedEvent): Promise<Verdict>;
  markDelivered(event: RecordedEvent): void;
  /** The revisions to store with the batch; they are no longer pending then. */
  takePending(): Map<string, number>;
  /** The events of its stream from revision `from` up to the one before this event. */
  missing(event: RecordedEvent, from: number): Promise<RecordedEvent[]>;
  forget(): void;
}

export function createContinuity(
  { log, store, feedName, limits }: EngineContext,
  origin: () => Position,
): Continuity {
  const known = new LRUCache<string, number>({ max: limits.cachedRevisions });
  let pending = new Map<string, number>();
  const lastOf = (stream: string) => pending.get(stream) ?? known.get(stream);

  return {
    async prepare(events, reached) {
      const unknown = new Set<string>();
      for (const { stream, revision, position } of events) {
        if (lastOf(stream) !== undefined) continue;
        // A new stream needs no look-up, unless its first event is delivered for a second time.
        if (revision > 0 || comparePositions(position, reached) <= 0) unknown.add(stream);
      }
      if (unknown.size === 0) return;
      for (const [stream, revision] of await store.revisions(feedName, [...unknown])) {
        known.set(stream, revision);
      }
    },
    async judge(event) {
      // Events up to the feed's origin were read by each generation by itself.
      if (comparePositions(event.position, origin()) <= 0) return { verdict: 'skip' };
      const last = lastOf(event.stream) ?? -1;
      if (event.revision <= last) return { verdict: 'skip' };
      if (event.revision === last + 1) return { verdict: 'apply' };
      if (last >= 0) return { verdict: 'gap', from: last + 1 };
      const before = await log.readStream(event.stream, { from: event.revision - 1, limit: 1 });
      const previous = before.find(({ revision }) => revision === event.revision - 1);
      if (!previous || comparePositions(previous.position, origin()) <= 0) {
        return { verdict: 'apply' };
      }
      return { verdict: 'gap', from: 0 };
    },
    markDelivered(event) {
      pending.set(event.stream, event.revision);
    },
    takePending() {
      const taken = pending;
      for (const [stream, revision] of taken) known.set(stream, revision);
      pending = new Map();
      return taken;
    },
    async missing(event, from) {
      const found: RecordedEvent[] = [];
      let next = from;
      while (next < event.revision) {
        const limit = Math.min(PAGE, event.revision - next);
        const page = await log.readStream(event.stream, { from: next, limit });
        // In a truncated stream a read goes on at the first revision that is left.
        found.push(...page.filter(({ revision }) => revision < event.revision));
        const last = page.at(-1);
        if (!last) break;
        next = last.revision + 1;
      }
      return found;
    },
    forget() {
      pending = new Map();
      known.clear();
    },
  };
}
