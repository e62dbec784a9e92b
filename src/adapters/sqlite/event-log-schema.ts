import { type Database, prepare } from './database.ts';

export const LOG_SCHEMA_VERSION = 1;

/**
 * `streams` assigns each stream a small number, so that rows stay narrow and the index over
 * (stream, revision) grows at its right edge for new streams.
 * @throws Error when a newer version wrote the file.
 */
export function createEventLogSchema(db: Database, newLogId: () => string): string {
  db.exec('BEGIN IMMEDIATE');
  try {
    db.exec('CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)');
    const put = prepare(db, 'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING');
    put.run('log_id', newLogId());
    put.run('schema_version', String(LOG_SCHEMA_VERSION));
    const meta = readMeta(db);
    assertNotNewer(Number(meta.get('schema_version')));
    db.exec(`
      CREATE TABLE IF NOT EXISTS streams (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, category TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS events (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        stream_id INTEGER NOT NULL REFERENCES streams (id),
        revision INTEGER NOT NULL,
        id TEXT NOT NULL,
        type TEXT NOT NULL,
        data TEXT NOT NULL,
        metadata TEXT NOT NULL,
        recorded_at TEXT NOT NULL);
      CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream_id, revision);
    `);
    db.exec('COMMIT');
    return meta.get('log_id') as string;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Facts about the log as a whole, such as its id. */
export function readMeta(db: Database): ReadonlyMap<string, string> {
  const rows = prepare(db, 'SELECT key, value FROM meta').all();
  return new Map(rows.map(([key, value]) => [String(key), String(value)]));
}

/** Call before any table is created, so that a file of a newer version is not changed. */
function assertNotNewer(found: number): void {
  if (found <= LOG_SCHEMA_VERSION) return;
  throw new Error(
    `expected an event log of schema ${LOG_SCHEMA_VERSION} or older, found ${found}: it was written by a newer version`,
  );
}
