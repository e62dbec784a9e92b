import type { ReadCache, ReadThrough } from '../../api/read-cache.ts';
import { type CacheKey, cacheKey, storeOf } from '../../domain/kernel/names.ts';
import { comparePositions } from '../../domain/kernel/position.ts';
import type { CachedRead } from '../../engine/projections/cached-read.ts';
import type { ProjectionView } from '../../engine/projections/projection-view.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { type CacheSource, isUsable } from './cache-entry.ts';
import { createFills, type Fills } from './fills.ts';
import { createFlights, type Flights } from './flights.ts';
import { createLevels, type Levels, type LevelsOptions } from './levels.ts';
import { createSources } from './sources.ts';
import { createCacheStatistics, type ReadResult } from './statistics.ts';

export interface ReadCacheOptions extends LevelsOptions {
  readonly reads: readonly CachedRead[];
  readonly projections: () => Pick<ProjectionView, 'serving' | 'positionOf' | 'runOf'>;
  readonly metrics: Metrics;
}

export interface OwnReadCache extends ReadCache {
  /** Nothing is cached before it is known which log the read models are made of. */
  open(logId: string): void;
  /** Documents of a read model have changed. Drops what is made of them, for all instances. */
  changed(projection: string, documentKeys: readonly string[]): void;
}

interface Filled {
  readonly text: string;
  readonly result: ReadResult;
}

/** What is kept, when it is used and how it is dropped: docs/explanation/caching.md. */
export function createReadCache(options: ReadCacheOptions): OwnReadCache {
  const { reads, clock } = options;
  const statistics = createCacheStatistics(reads, options.metrics);
  const [fills, flights] = [createFills(), createFlights()];
  const sources = createSources(options.projections);
  const levels = createLevels(options, statistics, (changed) => {
    fills.changed(changed);
    flights.forget(changed);
  });
  const sourceOf = (read: CachedRead) => (levels.mode === 'off' ? undefined : sources.of(read));
  const keyOf = (read: CachedRead, storeId: string, parts: readonly string[]) =>
    cacheKey(read.kind, storeId, read.name, ...parts);

  const find = createFinder({ levels, fills, flights, clock, sourceOf, keyOf });

  return {
    open: (logId) => sources.open(logId),
    async read<Body>(read: CachedRead, request: ReadThrough<Body>): Promise<Body> {
      const source = sourceOf(read);
      if (!source) return request.load();
      const startedMs = performance.now();
      const { text, result } = await find(read, source, request);
      statistics.read(read.name, result, startedMs);
      return JSON.parse(text) as Body;
    },
    changed(projection, documentKeys) {
      for (const read of reads) {
        if (read.droppedBy !== projection) continue;
        const keys = documentKeys.map((key) => keyOf(read, storeOf(key), read.partsOf(key)));
        levels.drop(read, [...new Set(keys)]);
      }
    },
    report: () => ({
      mode: levels.mode,
      entries: levels.local.entries(),
      bytes: levels.local.bytes(),
      types: statistics.report(),
    }),
  };
}

interface FinderParts {
  readonly levels: Levels;
  readonly fills: Fills;
  readonly flights: Flights;
  readonly clock: Clock;
  readonly sourceOf: (read: CachedRead) => CacheSource | undefined;
  readonly keyOf: (read: CachedRead, storeId: string, parts: readonly string[]) => CacheKey;
}

function createFinder({ levels, fills, flights, clock, sourceOf, keyOf }: FinderParts) {
  /** From the second level, else from the read models; then kept. */
  async function fill<Body>(
    read: CachedRead,
    key: CacheKey,
    source: CacheSource,
    { position, load }: ReadThrough<Body>,
  ): Promise<Filled> {
    const mine = fills.begin(key);
    try {
      const found = await levels.far(read, key);
      if (found && isUsable(found, source, position, clock.now())) {
        if (!mine.isStale) levels.keepNear(read, key, found);
        return { text: found.text, result: 'L2' };
      }
      const text = JSON.stringify(await load());
      // A generation that took over meanwhile has documents of its own.
      if (!mine.isStale && sourceOf(read)?.from === source.from) {
        const isAhead = position && comparePositions(position, source.at) > 0;
        const at = isAhead ? position : source.at;
        const untilMs = clock.now() + read.maxAgeMs;
        levels.keep(read, key, { from: source.from, at, untilMs, text });
      }
      return { text, result: 'miss' };
    } finally {
      fills.end(key, mine);
    }
  }

  return async function find<Body>(
    read: CachedRead,
    source: CacheSource,
    request: ReadThrough<Body>,
  ): Promise<Filled> {
    const { storeId, parts, position } = request;
    const key = keyOf(read, storeId, parts);
    const kept = levels.near(read, key, source);
    if (kept && isUsable(kept, source, position, clock.now())) {
      return { text: kept.text, result: 'L1' };
    }
    const flight = flights.find(key, source, position);
    if (flight) return { text: await flight, result: 'miss' };
    const filling = fill(read, key, source, request);
    const text = filling.then((filled) => filled.text);
    flights.begin(key, source, position, text);
    // Its error reaches the caller below.
    text.catch(() => undefined);
    return filling;
  };
}
