import type { ReadCache, ReadCacheReport, ReadThrough } from '../../api/read-cache.ts';
import { type CacheKey, cacheKey, storeOf } from '../../domain/kernel/names.ts';
import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import type { CachedRead } from '../../engine/projections/cached-read.ts';
import type { ProjectionView } from '../../engine/projections/projection-view.ts';
import type { Cache, Invalidated } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { type CacheEntry, type CacheSource, isUsable } from './cache-entry.ts';
import { createFills } from './fills.ts';
import { createLocalLevel, type LocalLevelLimits } from './local-level.ts';
import { createSharedLevel } from './shared-level.ts';
import { createCacheStatistics } from './statistics.ts';

export interface ReadCacheOptions {
  readonly reads: readonly CachedRead[];
  readonly projections: () => Pick<ProjectionView, 'serving' | 'positionOf' | 'runOf'>;
  /** The cache that instances share; absent: each keeps its own, where it may. */
  readonly cache?: Cache | undefined;
  /** No other instance writes the read models of this one. */
  readonly isAlone: boolean;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly stopping: AbortSignal;
  readonly limits?: LocalLevelLimits;
}

export interface OwnReadCache extends ReadCache {
  /** Nothing is cached before it is known which log the read models are made of. */
  open(logId: string): void;
  /** Documents of a read model have changed. Drops what is made of them, for all instances. */
  changed(projection: string, documentKeys: readonly string[]): void;
}

interface Filled {
  readonly text: string;
  /** The second level had it. */
  readonly isHit: boolean;
}

/** A read under way that others may join. */
interface Flight extends CacheSource {
  readonly text: Promise<string>;
}

/** See docs/explanation/caching.md. */
export function createReadCache(options: ReadCacheOptions): OwnReadCache {
  const { reads, projections, cache, isAlone, clock, metrics, stopping } = options;
  const statistics = createCacheStatistics(reads, metrics);
  const local = createLocalLevel(options.limits);
  const fills = createFills();
  const flights = new Map<CacheKey, Flight>();
  const shared =
    cache && createSharedLevel({ cache, clock, statistics, onInvalidated: forget, stopping });
  const mode = shared ? 'shared' : isAlone ? 'local' : 'off';
  const usesLocal = () => isAlone || cache?.isListening() === true;
  /** Each change is reported here before the progress that includes it: what is left is current. */
  const isKeptCurrent = ({ projections: names, droppedBy }: CachedRead) =>
    isAlone && names.every((name) => name === droppedBy);
  let opened: string | undefined;

  function forget(changed: Invalidated): void {
    fills.changed(changed);
    if (changed === 'all') {
      local.clear();
      flights.clear();
      return;
    }
    for (const key of changed) {
      local.delete(key);
      flights.delete(key);
    }
  }

  const keyOf = (read: CachedRead, storeId: string, parts: readonly string[]) =>
    cacheKey(read.kind, storeId, read.name, ...parts);

  function sourceOf({ projections: names }: CachedRead): CacheSource | undefined {
    if (opened === undefined || mode === 'off') return undefined;
    const view = projections();
    let from = opened;
    let at: Position | undefined;
    for (const name of names) {
      const [collection, position] = [view.serving(name), view.positionOf(name)];
      // An engine that died may have changed documents that it did not report.
      const run = view.runOf(name);
      if (collection === undefined || position === undefined || run === undefined) return undefined;
      from += ` ${collection} ${run}`;
      if (!at || comparePositions(position, at) < 0) at = position;
    }
    return at && { from, at };
  }

  function localEntry(read: CachedRead, key: CacheKey, source: CacheSource) {
    const kept = usesLocal() ? local.get(key) : undefined;
    return kept && isKeptCurrent(read) ? { ...kept, at: source.at } : kept;
  }

  function keepLocal(read: CachedRead, key: CacheKey, entry: CacheEntry): void {
    if (!usesLocal()) return;
    const untilMs = Math.min(entry.untilMs, clock.now() + read.maxLocalAgeMs);
    local.set(key, { ...entry, untilMs });
  }

  function store(read: CachedRead, key: CacheKey, source: CacheSource, text: string): void {
    // A generation that took over meanwhile has documents of its own.
    if (sourceOf(read)?.from !== source.from) return;
    const entry = { ...source, text, untilMs: clock.now() + read.maxAgeMs };
    keepLocal(read, key, entry);
    shared?.put(read.name, key, entry);
  }

  /** From the second level, else from the read models; then kept. */
  async function fill<Body>(
    read: CachedRead,
    key: CacheKey,
    source: CacheSource,
    { position, load }: ReadThrough<Body>,
  ): Promise<Filled> {
    const mine = fills.begin(key);
    try {
      const found = await shared?.get(read.name, key);
      if (found && isUsable(found, source, position, clock.now())) {
        if (!mine.isStale) keepLocal(read, key, found);
        return { text: found.text, isHit: true };
      }
      const text = JSON.stringify(await load());
      const isAhead = position && comparePositions(position, source.at) > 0;
      const at = isAhead ? position : source.at;
      if (!mine.isStale) store(read, key, { ...source, at }, text);
      return { text, isHit: false };
    } finally {
      fills.end(key, mine);
    }
  }

  return {
    open(logId) {
      opened = logId;
    },
    async read<Body>(read: CachedRead, request: ReadThrough<Body>): Promise<Body> {
      const source = sourceOf(read);
      if (!source) return request.load();
      const startedMs = performance.now();
      const key = keyOf(read, request.storeId, request.parts);
      const { position } = request;
      const kept = localEntry(read, key, source);
      if (kept && isUsable(kept, source, position, clock.now())) {
        statistics.read(read.name, 'L1', startedMs);
        return JSON.parse(kept.text) as Body;
      }
      const flight = flights.get(key);
      if (flight && covers(flight, source, position)) {
        const text = await flight.text;
        statistics.read(read.name, 'miss', startedMs);
        return JSON.parse(text) as Body;
      }
      const filling = fill(read, key, source, request);
      // One that waits for its position would hold up those that join it.
      if (!position || comparePositions(source.at, position) >= 0) begin(key, source, filling);
      const { text, isHit } = await filling;
      statistics.read(read.name, isHit ? 'L2' : 'miss', startedMs);
      return JSON.parse(text) as Body;
    },
    changed(projection, documentKeys) {
      for (const read of reads) {
        if (read.droppedBy !== projection) continue;
        const keys = new Set(
          documentKeys.map((key) => keyOf(read, storeOf(key), read.partsOf(key))),
        );
        forget([...keys]);
        void shared?.changed(read.name, [...keys]);
      }
    },
    report: (): ReadCacheReport => ({
      mode,
      entries: local.entries(),
      bytes: local.bytes(),
      types: statistics.report(),
    }),
  };

  function begin(key: CacheKey, source: CacheSource, filling: Promise<Filled>): void {
    const flight = { ...source, text: filling.then(({ text }) => text) };
    flights.set(key, flight);
    const end = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    // Its error reaches the callers.
    flight.text.then(end, end);
  }
}

function covers(flight: Flight, { from }: CacheSource, position: Position | undefined): boolean {
  if (flight.from !== from) return false;
  return position === undefined || comparePositions(flight.at, position) >= 0;
}
