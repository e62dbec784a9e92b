import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import type { CachedRead } from '../../engine/projections/cached-read.ts';
import type { ProjectionView } from '../../engine/projections/projection-view.ts';
import type { CacheSource } from './cache-entry.ts';

export interface CacheSources {
  /** Nothing is cached before it is known which log the read models are made of. */
  open(logId: string): void;
  /** What a read would be made of now; undefined while nothing may be cached. */
  of(read: CachedRead): CacheSource | undefined;
}

export function createSources(
  projections: () => Pick<ProjectionView, 'serving' | 'positionOf' | 'runOf'>,
): CacheSources {
  let opened: string | undefined;
  return {
    open(logId) {
      opened = logId;
    },
    of({ projections: names }) {
      if (opened === undefined) return undefined;
      const view = projections();
      let from = opened;
      let at: Position | undefined;
      for (const name of names) {
        const [collection, position] = [view.serving(name), view.positionOf(name)];
        // An engine that died may have changed documents that it did not report.
        const run = view.runOf(name);
        if (collection === undefined || position === undefined || run === undefined) {
          return undefined;
        }
        from += ` ${collection} ${run}`;
        if (!at || comparePositions(position, at) < 0) at = position;
      }
      return at && { from, at };
    },
  };
}
