import Libsql from 'libsql';

export type Database = Libsql.Database;
export type Row = readonly (string | number | null)[];

export interface Statement {
  run(...parameters: readonly (string | number | null)[]): {
    changes: number;
    lastInsertRowid: number;
  };
  /** Rows as arrays of columns in the order of the select. */
  all(...parameters: readonly (string | number | null)[]): Row[];
}

/** A prepared statement; rows are arrays, the cheapest form the driver has. */
export function prepare(db: Database, sql: string): Statement {
  const statement = db.prepare(sql);
  const rows = statement.reader ? statement.raw() : statement;
  return {
    run: (...parameters) => {
      const result = statement.run(...parameters);
      return { changes: result.changes, lastInsertRowid: Number(result.lastInsertRowid) };
    },
    all: (...parameters) => rows.all(...parameters) as Row[],
  };
}

/** Page cache of a connection that writes all over its file, so that few pages are read again. */
const CACHE_KIB = 65_536;
/** Of a reading connection: it reads mostly in order, where the system's own cache is as good. */
const READING_CACHE_KIB = 16_384;

/**
 * Opens a database file in WAL mode. `full` makes each commit durable before it returns; `normal`
 * leaves that to the next checkpoint of the file and is for data that can be rebuilt.
 */
export function openDatabase(
  path: string,
  durability: 'full' | 'normal',
  use: 'writing' | 'reading' = 'writing',
): Database {
  const db = new Libsql(path);
  db.pragma('journal_mode = WAL');
  db.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
  db.pragma('busy_timeout = 2000');
  db.pragma(`cache_size = -${use === 'writing' ? CACHE_KIB : READING_CACHE_KIB}`);
  db.pragma('temp_store = MEMORY');
  db.pragma('wal_autocheckpoint = 4000');
  return db;
}
