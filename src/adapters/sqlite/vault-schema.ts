import { type Database, prepare } from './database.ts';

export const VAULT_SCHEMA_VERSION = 1;

/**
 * Creates the tables where they are missing. @returns the id of the vault.
 * @throws Error when a newer version wrote the file.
 */
export function createVaultSchema(db: Database, newVaultId: () => string): string {
  db.exec('BEGIN IMMEDIATE');
  try {
    db.exec('CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)');
    const put = prepare(db, 'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING');
    put.run('vault_id', newVaultId());
    put.run('schema_version', String(VAULT_SCHEMA_VERSION));
    const meta = metaOf(db);
    const version = Number(meta.get('schema_version'));
    if (version > VAULT_SCHEMA_VERSION) {
      throw new Error(
        `expected a vault of schema ${VAULT_SCHEMA_VERSION} or older, found ${version}: it was written by a newer version`,
      );
    }
    db.exec(`
      CREATE TABLE IF NOT EXISTS records (
        store_id TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, slot INTEGER NOT NULL,
        bytes INTEGER NOT NULL, revision INTEGER NOT NULL, expires_at TEXT, until_ms INTEGER);
      CREATE UNIQUE INDEX IF NOT EXISTS records_by_key ON records (store_id, kind, id);
      CREATE INDEX IF NOT EXISTS records_by_expiry ON records (until_ms)
        WHERE until_ms IS NOT NULL;
      CREATE TABLE IF NOT EXISTS slots (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
      CREATE TABLE IF NOT EXISTS free_slots (slot INTEGER PRIMARY KEY, size INTEGER NOT NULL);
      CREATE INDEX IF NOT EXISTS free_slots_by_size ON free_slots (size);
    `);
    db.exec('COMMIT');
    return meta.get('vault_id') as string;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function metaOf(db: Database): ReadonlyMap<string, string> {
  const rows = prepare(db, 'SELECT key, value FROM meta').all();
  return new Map(rows.map(([key, value]) => [String(key), String(value)]));
}
