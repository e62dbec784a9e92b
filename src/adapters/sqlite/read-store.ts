import { InvariantError, UpstreamError } from '../../domain/kernel/errors.ts';
import { formatPosition } from '../../domain/kernel/position.ts';
import type {
  Checkpoint,
  CollectionSpec,
  CommitOutcome,
  LiveGeneration,
  ProjectionStatus,
  ReadStore,
  ReadStoreCommit,
} from '../../ports/read-store.ts';
import type { Snapshot, SnapshotStore } from '../../ports/snapshot-store.ts';
import { existing } from '../shared/existing.ts';
import { withFileName } from '../shared/file-errors.ts';
import { sameCheckpoint } from '../shared/same-checkpoint.ts';
import { type Database, openDatabase, prepare } from './database.ts';
import { withFileErrors } from './file-error-store.ts';
import {
  type CollectionTable,
  createCollection,
  openCollection,
  positionOfText,
  tableName,
} from './read-store-collections.ts';

/** Incremented with every change of the tables below. */
export const DOCUMENTS_SCHEMA_VERSION = 2;
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS collections (name TEXT PRIMARY KEY, spec TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS checkpoints (
    name TEXT PRIMARY KEY, log_id TEXT NOT NULL, position TEXT NOT NULL, event_id TEXT,
    members TEXT);
  CREATE TABLE IF NOT EXISTS claims (name TEXT PRIMARY KEY, token INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS passed_on (
    feed TEXT NOT NULL, stream TEXT NOT NULL, revision INTEGER NOT NULL,
    PRIMARY KEY (feed, stream)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS generations (projection TEXT PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS statuses (projection TEXT PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS snapshots (
    stream TEXT PRIMARY KEY, revision INTEGER NOT NULL, body TEXT NOT NULL);
`;

export interface SqliteReadStore extends ReadStore {
  readonly snapshots: SnapshotStore;
  /**
   * Writes the file again without what was changed or removed, of which SQLite keeps copies in its
   * pages. Takes seconds for a large file; reads go on meanwhile.
   */
  overwriteRemoved(): Promise<void>;
}

/**
 * The embedded read store: one SQLite file, WAL, synchronous NORMAL, since all of it can be
 * rebuilt. Documents and checkpoint are one transaction, so a checkpoint is never ahead (K5).
 */
export function openSqliteReadStore(path: string): SqliteReadStore {
  const db = openDatabase(path, 'normal');
  prepareSchema(db, path);
  const tables = new Map<string, CollectionTable>();
  const saveSpec = prepare(
    db,
    `INSERT INTO collections (name, spec) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET spec = excluded.spec`,
  );
  const specOf = prepare(db, 'SELECT spec FROM collections WHERE name = ?');
  const names = prepare(db, 'SELECT name FROM collections ORDER BY name');
  const removeSpec = prepare(db, 'DELETE FROM collections WHERE name = ?');
  const revisionsOf = prepare(
    db,
    `SELECT stream, revision FROM passed_on
     WHERE feed = ? AND stream IN (SELECT value FROM json_each(?))`,
  );
  const ping = prepare(db, 'SELECT 1');
  const checkpoints = createCheckpoints(db);
  const putRevision = prepare(
    db,
    `INSERT INTO passed_on (feed, stream, revision) VALUES (?, ?, ?)
     ON CONFLICT (feed, stream) DO UPDATE SET revision = excluded.revision`,
  );
  const clearRevisions = prepare(db, 'DELETE FROM passed_on WHERE feed = ?');
  const generations = createKeyValues<LiveGeneration>(db, 'generations');
  const statuses = createKeyValues<ProjectionStatus>(db, 'statuses');
  const begin = prepare(db, 'BEGIN IMMEDIATE');
  let closed = false;

  function tableOf(collection: string): CollectionTable {
    const open = tables.get(collection);
    if (open) return open;
    const spec = specOf.all(collection)[0]?.[0];
    if (spec === undefined) throw new InvariantError('a collection that exists', { collection });
    const table = openCollection(db, JSON.parse(spec as string) as CollectionSpec);
    tables.set(collection, table);
    return table;
  }

  function commitNow(commit: ReadStoreCommit): CommitOutcome {
    const { documents = [], checkpoints: moves, revisions } = commit;
    const targets = documents.map(({ collection, writes }) => ({
      table: tableOf(collection.name),
      writes,
    }));
    begin.run();
    try {
      for (const { name, from, token } of moves) {
        if (!checkpoints.admits(name, token)) {
          db.exec('ROLLBACK');
          return { outcome: 'fenced', name };
        }
        if (!sameCheckpoint(checkpoints.get(name), from)) {
          db.exec('ROLLBACK');
          return { outcome: 'checkpoint-moved', name };
        }
      }
      for (const { table, writes } of targets) for (const write of writes) table.write(write);
      for (const { name, to } of moves) checkpoints.put(name, to);
      if (revisions) {
        for (const [stream, revision] of revisions.of) {
          putRevision.run(revisions.feed, stream, revision);
        }
      }
      // Not a prepared statement: a failed one keeps its read snapshot until its next run.
      db.exec('COMMIT');
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
    return { outcome: 'done' };
  }

  const store: SqliteReadStore = {
    forStore: (storeId) => ({
      get: async (collection, key) => tableOf(collection).get(storeId, key) as never,
      find: async (collection, query) => tableOf(collection).find(storeId, query) as never,
    }),
    ensureCollection: async (spec) => {
      createCollection(db, spec);
      tables.set(spec.name, openCollection(db, spec));
      saveSpec.run(spec.name, JSON.stringify(spec));
    },
    dropCollection: async (name) => {
      tables.delete(name);
      db.exec(`DROP TABLE IF EXISTS ${tableName(name)}`);
      removeSpec.run(name);
      checkpoints.remove(name);
    },
    listCollections: async () => names.all().map(([name]) => String(name)),
    load: async (collection, keys) =>
      new Map(
        tableOf(collection)
          .load(keys)
          .map((document) => [document.key, document]),
      ),
    scan: async (collection, afterKey, limit) => tableOf(collection).scan(afterKey, limit),
    commit: async (commit) => commitNow(commit),
    checkpoint: async (name) => checkpoints.get(name),
    checkpoints: async (names) => existing(names, (name) => checkpoints.get(name)),
    revisions: async (feed, streams) =>
      new Map(
        revisionsOf
          .all(feed, JSON.stringify(streams))
          .map(([stream, revision]) => [stream as string, revision as number]),
      ),
    resetCheckpoint: async (name) => {
      checkpoints.remove(name);
      clearRevisions.run(name);
    },
    claimCheckpoint: async (name, token) => checkpoints.claim(name, token),
    liveGeneration: async (projection) => generations.get(projection),
    liveGenerations: async (projections) => existing(projections, (name) => generations.get(name)),
    setLiveGeneration: async (generation) => generations.put(generation.projection, generation),
    projectionStatus: async (projection) => statuses.get(projection),
    projectionStatuses: async (projections) => existing(projections, (name) => statuses.get(name)),
    setProjectionStatus: async (status) => statuses.put(status.projection, status),
    ping: async () => {
      ping.all();
    },
    close: async () => {
      if (closed) return;
      closed = true;
      db.close();
    },
    snapshots: createSnapshotStore(db),
    overwriteRemoved: async () => {
      db.exec('VACUUM');
      const [busy] = prepare(db, 'PRAGMA wal_checkpoint(TRUNCATE)').all()[0] ?? [];
      if (busy !== 0) throw new UpstreamError('store_unavailable', `${path}: it is being read`);
    },
  };
  return withFileErrors(store, path);
}

function prepareSchema(db: Database, path: string): void {
  try {
    createSchema(db);
  } catch (error) {
    db.close();
    throw withFileName(path, error);
  }
}

/** Drops the tables of another version: all of it is rebuilt from the log. */
function createSchema(db: Database): void {
  const version = prepare(db, 'PRAGMA user_version').all()[0]?.[0];
  if (version === DOCUMENTS_SCHEMA_VERSION) return;
  const tables = prepare(
    db,
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  ).all();
  for (const [name] of tables) db.exec(`DROP TABLE IF EXISTS "${String(name)}"`);
  db.exec(`${SCHEMA} PRAGMA user_version = ${DOCUMENTS_SCHEMA_VERSION}`);
}

function createCheckpoints(db: Database) {
  const read = prepare(
    db,
    'SELECT log_id, position, event_id, members FROM checkpoints WHERE name = ?',
  );
  const write = prepare(
    db,
    `INSERT INTO checkpoints (name, log_id, position, event_id, members) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET log_id = excluded.log_id, position = excluded.position,
       event_id = excluded.event_id, members = excluded.members`,
  );
  const remove = prepare(db, 'DELETE FROM checkpoints WHERE name = ?');
  const claimOf = prepare(db, 'SELECT token FROM claims WHERE name = ?');
  const claim = prepare(
    db,
    `INSERT INTO claims (name, token) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET token = excluded.token WHERE token <= excluded.token`,
  );
  return {
    claim: (name: string, token: number): boolean => claim.run(name, token).changes > 0,
    admits(name: string, token: number | undefined): boolean {
      const claimed = claimOf.all(name)[0]?.[0] as number | undefined;
      return claimed === undefined || (token !== undefined && token >= claimed);
    },
    get(name: string): Checkpoint | undefined {
      const row = read.all(name)[0];
      if (!row) return undefined;
      return {
        logId: row[0] as string,
        position: positionOfText(row[1] as string),
        eventId: (row[2] as string | null) ?? undefined,
        ...(row[3] !== null && { members: JSON.parse(row[3] as string) as string[] }),
      };
    },
    put(name: string, { logId, position, eventId, members }: Checkpoint): void {
      const listed = members ? JSON.stringify(members) : null;
      write.run(name, logId, formatPosition(position), eventId ?? null, listed);
    },
    remove(name: string): void {
      remove.run(name);
    },
  };
}

function createKeyValues<T>(db: Database, table: 'generations' | 'statuses') {
  const read = prepare(db, `SELECT body FROM ${table} WHERE projection = ?`);
  const write = prepare(
    db,
    `INSERT INTO ${table} (projection, body) VALUES (?, ?)
     ON CONFLICT (projection) DO UPDATE SET body = excluded.body`,
  );
  return {
    get(projection: string): T | undefined {
      const body = read.all(projection)[0]?.[0];
      return body === undefined ? undefined : (JSON.parse(body as string) as T);
    },
    put(projection: string, value: T): void {
      write.run(projection, JSON.stringify(value));
    },
  };
}

function createSnapshotStore(db: Database): SnapshotStore {
  const read = prepare(db, 'SELECT body FROM snapshots WHERE stream = ?');
  const write = prepare(
    db,
    `INSERT INTO snapshots (stream, revision, body) VALUES (?, ?, ?)
     ON CONFLICT (stream) DO UPDATE SET revision = excluded.revision, body = excluded.body`,
  );
  return {
    get: async (stream) => {
      const body = read.all(stream)[0]?.[0];
      return body === undefined ? undefined : (JSON.parse(body as string) as Snapshot);
    },
    put: async (snapshot) => {
      write.run(snapshot.stream, snapshot.revision, JSON.stringify(snapshot));
    },
  };
}
