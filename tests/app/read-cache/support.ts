import {
  createReadCache,
  type OwnReadCache,
  type ReadCacheOptions,
} from '../../../src/app/read-cache/read-cache.ts';
import { documentKey, partsOf } from '../../../src/domain/kernel/names.ts';
import type { Position } from '../../../src/domain/kernel/position.ts';
import type { CachedRead } from '../../../src/engine/projections/cached-read.ts';
import { NO_METRICS } from '../../../src/ports/metrics.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';

export const at = (n: number): Position => ({ commit: BigInt(n), prepare: BigInt(n) });

/** One document by its id; each change of it drops it. */
export const ITEM: CachedRead = {
  name: 'item',
  kind: 'document',
  projections: ['items'],
  droppedBy: 'items',
  partsOf: (key) => partsOf(key).parts,
  maxAgeMs: 60_000,
  maxLocalAgeMs: 10_000,
};

/** A list of items by what another read model counts, whose changes do not drop it. */
export const RANKING: CachedRead = {
  name: 'ranking',
  kind: 'query',
  projections: ['counts', 'items'],
  droppedBy: 'items',
  partsOf: () => [],
  maxAgeMs: 5_000,
  maxLocalAgeMs: 5_000,
};

/** The read models as an instance knows them. */
export interface View {
  collection: string;
  position: number;
  run?: string | undefined;
}

export interface Instance {
  readonly cache: OwnReadCache;
  readonly clock: FakeClock;
  readonly view: View;
  readonly loads: string[];
  /** What the read models hold, by id. */
  readonly documents: Map<string, string>;
  /** Reads an item of shop `s1`, with everything up to a position. */
  read(id: string, position?: number, load?: () => Promise<string>): Promise<string>;
  rank(position?: number): Promise<string>;
  /** A document changes, and the read model reports its progress. */
  write(id: string, value: string): void;
  stop(): void;
}

export function createInstance(
  options: Partial<ReadCacheOptions> & {
    readonly clock?: FakeClock;
    readonly documents?: Map<string, string>;
    readonly view?: View;
  } = {},
): Instance {
  const { clock = createFakeClock(), documents = new Map<string, string>() } = options;
  const { view = { collection: 'items__v1_g1', position: 1 } } = options;
  view.run ??= 'run-1';
  const loads: string[] = [];
  const stopping = new AbortController();
  const cache = createReadCache({
    reads: [ITEM, RANKING],
    projections: () => ({
      serving: (name) => (name === 'items' ? view.collection : `${name}__v1_g1`),
      positionOf: () => at(view.position),
      runOf: () => view.run,
    }),
    isAlone: true,
    metrics: NO_METRICS,
    stopping: stopping.signal,
    ...options,
    clock,
  });
  cache.open('log-1');
  const wanted = (position?: number) => (position === undefined ? undefined : at(position));
  return {
    ...{ cache, clock, view, loads, documents },
    read: (id, position, load) =>
      cache.read(ITEM, {
        storeId: 's1',
        parts: [id],
        position: wanted(position),
        load:
          load ??
          (async () => {
            loads.push(id);
            return documents.get(id) ?? 'none';
          }),
      }),
    rank: (position) =>
      cache.read(RANKING, {
        storeId: 's1',
        parts: [],
        position: wanted(position),
        load: async () => {
          loads.push('ranking');
          return [...documents].join(' ');
        },
      }),
    write(id, value) {
      documents.set(id, value);
      cache.changed('items', [documentKey('s1', id)]);
      view.position += 1;
    },
    stop: () => stopping.abort(),
  };
}
