import type { Leases } from '../../ports/lease.ts';
import type { Logger } from '../../ports/logger.ts';
import type {
  CommitOutcome,
  LiveGeneration,
  ProjectionStatus,
  ReadStore,
  ReadStoreCommit,
} from '../../ports/read-store.ts';
import type { SnapshotStore } from '../../ports/snapshot-store.ts';
import type { Vault } from '../../ports/vault.ts';
import { createCheckpoints, refusalOf } from './checkpoints.ts';
import { createCheckpointsDocument } from './checkpoints-document.ts';
import { databaseOf, openClient } from './connection.ts';
import { writeDocuments } from './document-writes.ts';
import { createKeyValues } from './key-values.ts';
import { createLeases } from './leases.ts';
import { createQueries } from './queries.ts';
import { createCollections } from './read-store-collections.ts';
import { createSnapshots } from './snapshots.ts';
import { sortablePosition } from './sortable-position.ts';
import { prepareWrite } from './stored-document.ts';
import { createStreamHeads } from './stream-heads.ts';
import {
  createTimeCheck,
  DEFAULT_TIMEOUTS,
  type MongoTimeouts,
  withinTimeout,
} from './time-limits.ts';
import { createTombstones } from './tombstones.ts';
import { createVault } from './vault.ts';

export interface MongoReadStoreOptions {
  /** `mongodb[+srv]://...`, with the name of the database in its path. Never logged. */
  readonly url: string;
  readonly logger: Logger;
  readonly timeouts?: Partial<MongoTimeouts>;
}

export interface MongoReadStore extends ReadStore {
  readonly snapshots: SnapshotStore;
  readonly leases: Leases;
  /** Uses the connections of the read store, and closes with it. */
  readonly vault: Vault;
}

/**
 * Read models in MongoDB, for several instances: guarded writes instead of transactions, the same
 * on a single server, a replica set and a sharded cluster. Documents are written first, each only
 * over an older one, then all checkpoints move in one step (K5).
 *
 * Nothing is sent before the first call. A call without a reply within its timeout rejects with a
 * MongoTimeLimitError.
 * @throws Error when the connection string is not valid.
 */
export function openMongoReadStore(options: MongoReadStoreOptions): MongoReadStore {
  const { url, logger } = options;
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const { readMs, writeMs, buildMs, pingMs } = timeouts;
  const client = openClient(url, logger, timeouts);
  const db = client.db(databaseOf(url));
  const state = createCheckpointsDocument(db, readMs);
  const collections = createCollections(db, state);
  const checkpoints = createCheckpoints(state);
  const queries = createQueries(collections, readMs);
  const streamHeads = createStreamHeads(db, readMs);
  const generations = createKeyValues<LiveGeneration>(db, 'generation');
  const statuses = createKeyValues<ProjectionStatus>(db, 'status');
  const tombstones = createTombstones(collections, checkpoints, logger, writeMs);
  let closed: Promise<void> | undefined;

  async function commitNow(commit: ReadStoreCommit): Promise<CommitOutcome> {
    const { checkpoints: moves, documents = [] } = commit;
    const assertInTime = createTimeCheck(writeMs);
    const names = [...documents.map(({ collection }) => collection.name), ...moves.map(nameOf)];
    const entries = await state.latest(names);
    const targets = documents.map(({ collection: { name, indexes }, writes }) => {
      const { place, fields } = collections.among(entries, name);
      const all = new Set([...fields, ...indexes.flatMap((index) => index.fields)]);
      return { name, place, writes: writes.map((write) => prepareWrite(name, write, all)) };
    });
    const places = new Map(targets.map(({ name, place }) => [name, place]));
    // So that a writer that is clearly behind writes nothing.
    const refused = refusalOf(moves, entries, places);
    if (refused) return refused;
    const [outcomes] = await Promise.all([
      Promise.all(
        targets.map(({ place, writes }) =>
          writeDocuments(collections.documentsIn(place), writes, assertInTime),
        ),
      ),
      putStreamHeads(commit),
    ]);
    const overtaken = targets[outcomes.indexOf('overtaken')];
    if (overtaken) return { outcome: 'checkpoint-moved', name: overtaken.name };
    assertInTime();
    return checkpoints.move(moves, places);
  }

  async function putStreamHeads(commit: ReadStoreCommit): Promise<void> {
    if (!commit.revisions) return;
    const { feed, of } = commit.revisions;
    const move = commit.checkpoints.find(({ name }) => name === feed);
    await streamHeads.put(feed, of, move);
  }

  async function revisionsOf(feed: string, streams: readonly string[]) {
    return streamHeads.get(feed, streams, async () => {
      const checkpoint = await checkpoints.get(feed);
      return checkpoint ? sortablePosition(checkpoint.position) : '';
    });
  }

  async function resetCheckpoint(name: string): Promise<void> {
    // In this order: a feed with missing revisions reads again, one with stale revisions skips.
    await streamHeads.clear(name);
    await checkpoints.reset(name);
  }

  async function close(): Promise<void> {
    await waitForEnd('the last deletions', tombstones.settled());
    await waitForEnd('the connections', client.close());
  }

  /** A server that does not respond must not block the shutdown. */
  async function waitForEnd(name: string, promise: Promise<void>): Promise<void> {
    try {
      await withinTimeout(readMs, `${name} to end`, promise);
    } catch (error) {
      logger.warn(
        { error: String(error) },
        'MongoDB did not respond to the shutdown; closing anyway',
      );
    }
  }

  const reading = <T>(promise: Promise<T>) =>
    withinTimeout(readMs, 'an answer of MongoDB', promise);
  const writing = <T>(promise: Promise<T>) => withinTimeout(writeMs, 'MongoDB to write', promise);
  const building = <T>(promise: Promise<T>) => withinTimeout(buildMs, 'a collection', promise);

  return {
    forStore(storeId) {
      const documents = queries.forStore(storeId);
      return {
        get: (collection, key) => reading(documents.get(collection, key)),
        find: (collection, query) => reading(documents.find(collection, query)),
      };
    },
    ensureCollection: (spec) => building(collections.ensure(spec)),
    dropCollection: (name) => building(collections.drop(name)),
    listCollections: () => reading(collections.list()),
    load: (collection, keys) => reading(queries.load(collection, keys)),
    scan: (collection, afterKey, limit) => reading(queries.scan(collection, afterKey, limit)),
    async commit(commit) {
      const outcome = await writing(commitNow(commit));
      for (const { collection } of commit.documents ?? []) tombstones.purge(collection.name);
      return outcome;
    },
    checkpoint: (name) => reading(checkpoints.get(name)),
    checkpoints: (names) => reading(checkpoints.many(names)),
    revisions: (feed, streams) => reading(revisionsOf(feed, streams)),
    resetCheckpoint: (name) => writing(resetCheckpoint(name)),
    claimCheckpoint: (name, token) => writing(checkpoints.claim(name, token)),
    liveGeneration: (projection) => reading(generations.get(projection)),
    liveGenerations: (projections) => reading(generations.many(projections)),
    setLiveGeneration: (generation) => writing(generations.put(generation.projection, generation)),
    projectionStatus: (projection) => reading(statuses.get(projection)),
    projectionStatuses: (projections) => reading(statuses.many(projections)),
    setProjectionStatus: (status) => writing(statuses.put(status.projection, status)),
    async ping() {
      await withinTimeout(pingMs, 'MongoDB to respond', db.command({ ping: 1 }));
    },
    close: () => (closed ??= close()),
    snapshots: createSnapshots(db, timeouts),
    leases: createLeases(db, timeouts),
    vault: createVault(db, timeouts),
  };
}

const nameOf = ({ name }: { readonly name: string }): string => name;
