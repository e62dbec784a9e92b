import { createReads } from '../../api/pipeline/reads.ts';
import type { ReadCache } from '../../api/read-cache.ts';
import type { ShopSource } from '../../domain/kernel/shop.ts';
import type { CachedRead } from '../../engine/projections/cached-read.ts';
import type { ProjectionEngine } from '../../engine/projections/projection-engine.ts';
import type { Calendar } from '../../ports/calendar.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ReadStore } from '../../ports/read-store.ts';

/** Shops whose entries are read ahead; those after them fill theirs with their first requests. */
export const MAX_WARMED_SHOPS = 100;

export interface WarmUpOptions {
  readonly reads: readonly CachedRead[];
  readonly readCache: ReadCache;
  readonly projections: ProjectionEngine;
  readonly readStore: ReadStore;
  readonly shops: ShopSource;
  readonly calendar: Calendar;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
}

/** Reads ahead, shop by shop, so that it takes little from the requests. Never rejects. */
export async function warmUp(options: WarmUpOptions): Promise<void> {
  const { reads, readCache, projections, readStore, shops, stopping, logger } = options;
  const { calendar, clock } = options;
  for (const { id: storeId } of shops().slice(0, MAX_WARMED_SHOPS)) {
    const scope = {
      reads: createReads(projections, readStore, storeId),
      storeId,
      day: calendar.businessDay(storeId, clock.now()),
      cached: <Body>(read: CachedRead, parts: readonly string[], load: () => Promise<Body>) =>
        readCache.read(read, { storeId, parts, position: undefined, load }),
    };
    for (const { name, warmUp: readAhead } of reads) {
      if (stopping.aborted) return;
      try {
        await readAhead?.(scope);
      } catch (error) {
        // The first requests fill it instead.
        logger.debug({ error: String(error), storeId, cache: name }, 'a cache was not warmed up');
      }
    }
  }
}
