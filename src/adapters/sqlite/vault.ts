import { UpstreamError } from '../../domain/kernel/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Vault } from '../../ports/vault.ts';
import { isDamage, withFileName } from '../shared/file-errors.ts';
import { assertVaultPage, assertVaultRecord } from '../shared/vault-checks.ts';
import { type Database, openDatabase, prepare } from './database.ts';
import { createVaultRecords } from './vault-records.ts';
import { createVaultSchema } from './vault-schema.ts';

export interface SqliteVaultOptions {
  readonly path: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
}

export interface SqliteVault extends Vault {
  /** Assigned when the file was created; a copy of the file has the same. */
  readonly vaultId: string;
}

const RESTORE = 'restore vault.db from a backup with "tillstream restore <folder>"';

/**
 * The embedded vault: one SQLite file, WAL, synchronous FULL. Removed content is overwritten with
 * zeros, and the write-ahead log is emptied, before a removal resolves.
 * @throws UpstreamError store_unavailable with file, reason and remedy.
 */
export function openSqliteVault(options: SqliteVaultOptions): SqliteVault {
  const { path } = options;
  const db = openDatabase(path, 'full', 'reading');
  const { records, statements, vaultId } = prepareVault(db, path, options);
  let closed = false;

  /** The error names the file, and never what was to be stored. */
  async function use<T>(operation: () => T): Promise<T> {
    try {
      return operation();
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      if (!isDamage(error)) throw withFileName(path, error);
      const message = `${path} is damaged: stop Tillstream, then ${RESTORE}`;
      throw new UpstreamError('store_unavailable', message, { path }, error);
    }
  }

  function transaction<T>(change: () => T): T {
    statements.begin.run();
    const result = change();
    statements.commit.run();
    return result;
  }

  /** Empties the write-ahead log, so that no file holds what was there before. */
  function truncateWal(): void {
    const [busy] = prepare(db, 'PRAGMA wal_checkpoint(TRUNCATE)').all()[0] ?? [];
    if (busy === 0) return;
    const message = `${path}: another process reads it, such as a backup: repeat the removal later`;
    throw new UpstreamError('store_unavailable', message, { path });
  }

  return {
    vaultId,
    get: (key) => use(() => records.get(key)),
    async put(key, record, expectedRevision) {
      assertVaultRecord(record);
      return use(() => transaction(() => records.put(key, record, expectedRevision)));
    },
    remove: (key) =>
      use(() => {
        transaction(() => {
          records.remove(key);
        });
        truncateWal();
      }),
    async list(of, page) {
      assertVaultPage(page.limit);
      return use(() => records.list(of, page));
    },
    ping: () => use(() => void statements.ping.all()),
    async close() {
      if (closed) return;
      closed = true;
      db.close();
    },
  };
}

function prepareVault(db: Database, path: string, { clock, ids }: SqliteVaultOptions) {
  try {
    db.pragma('secure_delete = ON');
    const vaultId = createVaultSchema(db, () => ids.uuid());
    return { vaultId, records: createVaultRecords(db, clock), statements: statementsOf(db) };
  } catch (error) {
    db.close();
    throw withFileName(path, error);
  }
}

function statementsOf(db: Database) {
  return {
    begin: prepare(db, 'BEGIN IMMEDIATE'),
    commit: prepare(db, 'COMMIT'),
    ping: prepare(db, 'SELECT 1 FROM meta'),
  };
}
