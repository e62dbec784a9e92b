import type { Clock } from '../../ports/clock.ts';
import type { Vault, VaultEntry, VaultKey, VaultOutcome, VaultRecord } from '../../ports/vault.ts';
import { type Database, prepare, type Row } from './database.ts';
import { createVaultSlots } from './vault-slots.ts';

/** Expired records that one write erases beside its own, so that they do not pile up. */
const MAX_SWEPT = 10;

/** The records of an embedded vault. Call `put` and `remove` within a transaction. */
export function createVaultRecords(db: Database, clock: Pick<Clock, 'now'>) {
  const slots = createVaultSlots(db);
  const statements = statementsOf(db);

  function erase(rowId: number, slot: number): void {
    slots.erase(slot);
    statements.remove.run(rowId);
  }

  function find({ storeId, kind, id }: VaultKey): StoredRow | undefined {
    const [row] = statements.find.all(storeId, kind, id);
    if (!row) return undefined;
    const [rowId, slot, revision, untilMs] = row;
    const expired = untilMs !== null && Number(untilMs) <= clock.now();
    return { rowId: Number(rowId), slot: Number(slot), revision: Number(revision), expired };
  }

  return {
    get({ storeId, kind, id }: VaultKey): VaultRecord | undefined {
      const [row] = statements.get.all(storeId, kind, id, clock.now());
      return row ? recordOf(row) : undefined;
    },
    put(
      key: VaultKey,
      record: Omit<VaultRecord, 'revision'>,
      expectedRevision: number,
    ): VaultOutcome {
      const before = find(key);
      const revision = before && !before.expired ? before.revision : 0;
      if (revision !== expectedRevision) return 'conflict';
      if (before) erase(before.rowId, before.slot);
      for (const [rowId, slot] of statements.expired.all(clock.now(), MAX_SWEPT)) {
        erase(Number(rowId), Number(slot));
      }
      const value = new TextEncoder().encode(record.value);
      const { storeId, kind, id } = key;
      const { expiresAt = null } = record;
      const untilMs = expiresAt === null ? null : Date.parse(expiresAt);
      const slot = slots.add(value);
      statements.insert.run(
        ...[storeId, kind, id, slot, value.length, revision + 1, expiresAt, untilMs],
      );
      return 'done';
    },
    remove(key: VaultKey): void {
      const found = find(key);
      if (found) erase(found.rowId, found.slot);
    },
    list(
      { storeId, kind }: Pick<VaultKey, 'storeId' | 'kind'>,
      { after, limit }: Parameters<Vault['list']>[1],
    ): VaultEntry[] {
      const all = after === undefined ? 1 : 0;
      return statements.list
        .all(storeId, kind, clock.now(), after ?? '', all, limit)
        .map(([id, ...row]) => ({ storeId, kind, id: String(id), ...recordOf(row) }));
    },
  };
}

interface StoredRow {
  readonly rowId: number;
  readonly slot: number;
  readonly revision: number;
  readonly expired: boolean;
}

function recordOf([value, revision, expiresAt]: Row): VaultRecord {
  const record = { value: String(value), revision: Number(revision) };
  return expiresAt === null ? record : { ...record, expiresAt: String(expiresAt) };
}

function statementsOf(db: Database) {
  const KEY = 'store_id = ? AND kind = ? AND r.id = ?';
  const VALID = '(until_ms IS NULL OR until_ms > ?)';
  const RECORD = `CAST(substr(body, 1, bytes) AS TEXT), revision, expires_at
    FROM records r JOIN slots s ON s.id = r.slot`;
  return {
    find: prepare(db, `SELECT r.rowid, slot, revision, until_ms FROM records r WHERE ${KEY}`),
    get: prepare(db, `SELECT ${RECORD} WHERE ${KEY} AND ${VALID}`),
    list: prepare(
      db,
      `SELECT r.id, ${RECORD} WHERE store_id = ? AND kind = ? AND ${VALID} AND (r.id > ? OR ? = 1)
       ORDER BY r.id LIMIT ?`,
    ),
    expired: prepare(db, 'SELECT rowid, slot FROM records WHERE until_ms <= ? LIMIT ?'),
    insert: prepare(
      db,
      `INSERT INTO records
         (store_id, kind, id, slot, bytes, revision, expires_at, until_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    remove: prepare(db, 'DELETE FROM records WHERE rowid = ?'),
  };
}
