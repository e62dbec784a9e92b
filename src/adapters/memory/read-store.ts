import { InvariantError } from '../../domain/kernel/errors.ts';
import type {
  Checkpoint,
  CommitOutcome,
  LiveGeneration,
  ProjectionStatus,
  ReadStore,
  ReadStoreCommit,
} from '../../ports/read-store.ts';
import { existing } from '../shared/existing.ts';
import { sameCheckpoint } from '../shared/same-checkpoint.ts';
import { createMemoryCollection, type MemoryCollection } from './read-store-collections.ts';

export interface MemoryReadStoreOptions {
  /** Returns frozen documents, not copies: cheaper, and changing one throws. */
  readonly frozenReads?: boolean;
}

/** A read store without a disk, for tests and simulations. */
export function createMemoryReadStore({
  frozenReads = false,
}: MemoryReadStoreOptions = {}): ReadStore {
  const collections = new Map<string, MemoryCollection>();
  const checkpoints = new Map<string, Checkpoint>();
  const claims = new Map<string, number>();
  const revisions = new Map<string, Map<string, number>>();
  const generations = new Map<string, LiveGeneration>();
  const statuses = new Map<string, ProjectionStatus>();

  function collectionOf(name: string): MemoryCollection {
    const found = collections.get(name);
    if (!found) throw new InvariantError('a collection that exists', { collection: name });
    return found;
  }

  function refusal({ checkpoints: moves }: ReadStoreCommit): CommitOutcome | undefined {
    for (const { name, from, token } of moves) {
      const claimed = claims.get(name);
      if (claimed !== undefined && (token === undefined || token < claimed)) {
        return { outcome: 'fenced', name };
      }
      if (!sameCheckpoint(checkpoints.get(name), from)) {
        return { outcome: 'checkpoint-moved', name };
      }
    }
    return undefined;
  }

  function commitNow(commit: ReadStoreCommit): CommitOutcome {
    // All that can fail comes first, so that the rest is done as a whole.
    const prepared = (commit.documents ?? []).map(({ collection, writes }) => {
      const target = collectionOf(collection.name);
      return { target, writes: writes.map((write) => target.prepare(write)) };
    });
    const refused = refusal(commit);
    if (refused) return refused;
    for (const { target, writes } of prepared) for (const write of writes) target.put(write);
    for (const { name, to } of commit.checkpoints) checkpoints.set(name, Object.freeze({ ...to }));
    if (commit.revisions) {
      const { feed, of } = commit.revisions;
      const known = revisions.get(feed) ?? new Map<string, number>();
      revisions.set(feed, known);
      for (const [stream, revision] of of) known.set(stream, revision);
    }
    return { outcome: 'done' };
  }

  return {
    forStore: (storeId) => ({
      get: async (collection, key) => collectionOf(collection).get(storeId, key) as never,
      find: async (collection, query) => collectionOf(collection).find(storeId, query) as never,
    }),
    ensureCollection: async (spec) => {
      const found = collections.get(spec.name);
      if (found) found.setSpec(spec);
      else collections.set(spec.name, createMemoryCollection(spec, frozenReads));
    },
    dropCollection: async (name) => {
      collections.delete(name);
      checkpoints.delete(name);
    },
    listCollections: async () => [...collections.keys()].sort(),
    load: async (collection, keys) => collectionOf(collection).load(keys),
    scan: async (collection, afterKey, limit) => collectionOf(collection).scan(afterKey, limit),
    commit: async (commit) => commitNow(commit),
    checkpoint: async (name) => checkpoints.get(name),
    checkpoints: async (names) => existing(names, (name) => checkpoints.get(name)),
    revisions: async (feed, streams) => {
      const known = revisions.get(feed);
      const found = new Map<string, number>();
      for (const stream of streams) {
        const revision = known?.get(stream);
        if (revision !== undefined) found.set(stream, revision);
      }
      return found;
    },
    resetCheckpoint: async (name) => {
      checkpoints.delete(name);
      revisions.delete(name);
    },
    claimCheckpoint: async (name, token) => {
      if ((claims.get(name) ?? token) > token) return false;
      claims.set(name, token);
      return true;
    },
    liveGeneration: async (projection) => generations.get(projection),
    liveGenerations: async (projections) => existing(projections, (name) => generations.get(name)),
    setLiveGeneration: async (generation) => {
      generations.set(generation.projection, { ...generation });
    },
    projectionStatus: async (projection) => statuses.get(projection),
    projectionStatuses: async (projections) => existing(projections, (name) => statuses.get(name)),
    setProjectionStatus: async (status) => {
      statuses.set(status.projection, { ...status, skipped: [...status.skipped] });
    },
    ping: async () => undefined,
    close: async () => undefined,
  };
}
