import Libsql from 'libsql';

import { withFileName } from '../shared/file-errors.ts';
import { createPrivateFile } from '../shared/private-files.ts';

export type Database = Libsql.Database;
export type Row = readonly (string | number | null)[];
export type Parameter = string | number | null | Buffer;

export interface Statement {
  run(...parameters: readonly Parameter[]): {
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

const IN_MEMORY = ':memory:';
/** Page cache of a connection that writes all over its file, so that few pages are read again. */
const CACHE_KIB = 65_536;
/** Of a reading connection: it reads mostly in order, where the system's own cache is as good. */
const READING_CACHE_KIB = 16_384;

/**
 * Opens a database file in WAL mode. `full` makes each commit durable before it returns; `normal`
 * leaves that to the next checkpoint of the file and is for data that can be rebuilt. A new file,
 * and SQLite's files beside it, can be read by their owner only.
 * @throws UpstreamError store_unavailable with file, reason and remedy.
 */
export function openDatabase(
  path: string,
  durability: 'full' | 'normal',
  use: 'writing' | 'reading' = 'writing',
): Database {
  let db: Database | undefined;
  try {
    if (path !== IN_MEMORY) createPrivateFile(path);
    db = new Libsql(path);
    configure(db, durability, use);
    return db;
  } catch (error) {
    db?.close();
    throw withFileName(path, error);
  }
}

function configure(db: Database, durability: 'full' | 'normal', use: 'writing' | 'reading'): void {
  db.pragma('journal_mode = WAL');
  db.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
  db.pragma('busy_timeout = 2000');
  db.pragma(`cache_size = -${use === 'writing' ? CACHE_KIB : READING_CACHE_KIB}`);
  db.pragma('temp_store = MEMORY');
  db.pragma('wal_autocheckpoint = 4000');
}

/** Opens a file for one use and closes it again. */
export function withDatabase<T>(
  path: string,
  durability: 'full' | 'normal',
  use: (db: Database) => T,
): T {
  const db = openDatabase(path, durability, 'reading');
  try {
    return use(db);
  } catch (error) {
    throw withFileName(path, error);
  } finally {
    db.close();
  }
}
