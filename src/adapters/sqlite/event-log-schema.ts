import { type Database, prepare } from './database.ts';

const SCHEMA_VERSION = 1;

/**
 * `streams` gives each stream a small number, so that rows stay narrow and the index over
 * (stream, revision) grows at its right edge for new streams.
 */
export function createEventLogSchema(db: Database, newLogId: () => string): string {
  db.exec('BEGIN IMMEDIATE');
  try {
    db.exec(`
      CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
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
    const put = prepare(db, 'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING');
    put.run('log_id', newLogId());
    put.run('schema_version', String(SCHEMA_VERSION));
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
  const meta = new Map(
    prepare(db, 'SELECT key, value FROM meta')
      .all()
      .map(([key, value]) => [String(key), String(value)]),
  );
  const found = Number(meta.get('schema_version'));
  if (found > SCHEMA_VERSION) {
    throw new Error(
      `expected an event log of schema ${SCHEMA_VERSION} or older, found ${found}: it was written by a newer version`,
    );
  }
  return meta.get('log_id') as string;
}
