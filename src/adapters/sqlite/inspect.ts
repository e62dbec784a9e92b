import { type Database, prepare, withDatabase } from './database.ts';
import { LOG_SCHEMA_VERSION, readMeta } from './event-log-schema.ts';
import { DOCUMENTS_SCHEMA_VERSION } from './read-store.ts';

interface Versions {
  readonly found: number;
  readonly known: number;
}

/**
 * The schema versions of a file, and those that this software creates. Nothing is written.
 */
export function schemasOf(path: string): { readonly log: Versions; readonly documents: Versions } {
  return withDatabase(path, 'normal', (db) => {
    const documents = Number(prepare(db, 'PRAGMA user_version').all()[0]?.[0] ?? 0);
    return {
      log: { found: logVersionOf(db), known: LOG_SCHEMA_VERSION },
      documents: { found: documents, known: DOCUMENTS_SCHEMA_VERSION },
    };
  });
}

function logVersionOf(db: Database): number {
  const tables = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'";
  if (prepare(db, tables).all().length === 0) return 0;
  return Number(readMeta(db).get('schema_version') ?? 0);
}
