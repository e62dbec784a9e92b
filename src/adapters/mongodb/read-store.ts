import type {
  CommitOutcome,
  LiveGeneration,
  ProjectionStatus,
  ReadStore,
  ReadStoreCommit,
} from '../../ports/read-store.ts';
import type { Leases } from '../../ports/lease.ts';
import type { Logger } from '../../ports/logger.ts';
import type { SnapshotStore } from '../../ports/snapshot-store.ts';
import { createCheckpoints, refusalOf } from './checkpoints.ts';
import { databaseOf, openClient } from './connection.ts';
import { writeDocuments } from './document-writes.ts';
import { createLeases } from './leases.ts';
import { createQueries } from './queries.ts';
import { createCollections } from './read-store-collections.ts';
import { createRecords } from './key-values.ts';
import { createRevisions } from './stream-heads.ts';
import { createSnapshots } from './snapshots.ts';
import { sortablePosition } from './sortable-position.ts';
import { createState } from './checkpoints-document.ts';
import { prepareWrite } from './stored-document.ts';
import { DEFAULT_TIMEOUTS, limitOf, type MongoTimeouts, within } from './time-limits.ts';
import { createTombstones } from './tombstones.ts';

export interface MongoReadStoreOptions {
  /** `mongodb[+srv]://...`, with the database's name in its path. It is never logged. */
  readonly url: string;
  readonly logger: Logger;
  readonly timeouts?: Partial<MongoTimeouts>;
}

export interface MongoReadStore extends ReadStore {
  readonly snapshots: SnapshotStore;
  readonly leases: Leases;
}

/**
 * Read models in MongoDB, for several processes: guarded writes instead of transactions, the same
 * on a single server, a replica set and a sharded cluster. Documents are written first, each only
 * over an older one, then all checkpoints move in one step (K5).
 *
 * Nothing is sent before the first call. A call that has no answer within its limit is rejected
 * with a MongoTimeLimitError. Throws when the connection string is not valid.
 */
export function openMongoReadStore(options: MongoReadStoreOptions): MongoReadStore {
  const { url, logger } = options;
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const { readMs, writeMs, buildMs, pingMs } = timeouts;
  const client = openClient(url, logger, timeouts);
  const db = client.db(databaseOf(url));
  const state = createState(db, readMs);
  const collections = createCollections(db, state);
  const checkpoints = createCheckpoints(state);
  const queries = createQueries(collections, readMs);
  const revisions = createRevisions(db, readMs);
  const generations = createRecords<LiveGeneration>(db, 'generation');
  const statuses = createRecords<ProjectionStatus>(db, 'status');
  const tombstones = createTombstones(collections, checkpoints, logger, writeMs);
  let closed: Promise<void> | undefined;

  async function commitNow(commit: ReadStoreCommit): Promise<CommitOutcome> {
    const { checkpoints: moves, documents = [] } = commit;
    const proceed = limitOf(writeMs);
    const names = [...documents.map(({ collection }) => collection.name), ...moves.map(nameOf)];
    const entries = await state.latest(names);
    const targets = documents.map(({ collection: { name, indexes }, writes }) => {
      const { place, fields } = collections.among(entries, name);
      const all = new Set([...fields, ...indexes.flatMap((index) => index.fields)]);
      return { name, place, writes: writes.map((write) => prepareWrite(name, write, all)) };
    });
    const places = new Map(targets.map(({ name, place }) => [name, place]));
    // So that whoever is plainly behind writes nothing.
    const refused = refusalOf(moves, entries, places);
    if (refused) return refused;
    const [outcomes] = await Promise.all([
      Promise.all(
        targets.map(({ place, writes }) => writeDocuments(collections.at(place), writes, proceed)),
      ),
      putRevisions(commit),
    ]);
    const overtaken = targets[outcomes.indexOf('overtaken')];
    if (overtaken) return { outcome: 'checkpoint-moved', name: overtaken.name };
    proceed();
    return checkpoints.move(moves, places);
  }

  async function putRevisions(commit: ReadStoreCommit): Promise<void> {
    if (!commit.revisions) return;
    const { feed, of } = commit.revisions;
    const move = commit.checkpoints.find(({ name }) => name === feed);
    await revisions.put(feed, of, move);
  }

  async function revisionsOf(feed: string, streams: readonly string[]) {
    return revisions.get(feed, streams, async () => {
      const checkpoint = await checkpoints.get(feed);
      return checkpoint ? sortablePosition(checkpoint.position) : '';
    });
  }

  async function resetCheckpoint(name: string): Promise<void> {
    // In this order: a feed that has forgotten revisions looks again, one that has too many skips.
    await revisions.clear(name);
    await checkpoints.reset(name);
  }

  async function close(): Promise<void> {
    await ended('the last deletions', tombstones.settled());
    await ended('the connections', client.close());
  }

  /** A server that does not answer keeps nobody from leaving. */
  async function ended(what: string, promise: Promise<void>): Promise<void> {
    try {
      await within(readMs, `${what} to end`, promise);
    } catch (error) {
      logger.warn({ error: String(error) }, 'MongoDB was left without an answer');
    }
  }

  const reading = <T>(promise: Promise<T>) => within(readMs, 'an answer of MongoDB', promise);
  const writing = <T>(promise: Promise<T>) => within(writeMs, 'MongoDB to write', promise);
  const building = <T>(promise: Promise<T>) => within(buildMs, 'a collection', promise);

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
      await within(pingMs, 'MongoDB to answer', db.command({ ping: 1 }));
    },
    close: () => (closed ??= close()),
    snapshots: createSnapshots(db, timeouts),
    leases: createLeases(db, timeouts),
  };
}

const nameOf = ({ name }: { readonly name: string }): string => name;
