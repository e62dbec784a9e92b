import { MAX_VAULT_VALUE_BYTES } from '../../ports/vault.ts';
import { type Database, prepare } from './database.ts';

/** Sizes of slots; the largest holds the longest record. */
const SLOT_BYTES = [256, 1_024, 4_096, 16_384, MAX_VAULT_VALUE_BYTES] as const;

const sizeFor = (bytes: number): number =>
  SLOT_BYTES.find((size) => size >= bytes) ?? MAX_VAULT_VALUE_BYTES;

/**
 * Places for values that can be erased. SQLite leaves copies of rows in its pages when it moves
 * them, also with secure_delete. Slots are therefore never deleted and keep their size, so that
 * SQLite overwrites them in place; new ones are added behind the last.
 */
export function createVaultSlots(db: Database) {
  const insert = prepare(db, 'INSERT INTO slots (id, body) VALUES (?, ?)');
  const overwrite = prepare(db, 'UPDATE slots SET body = ? WHERE id = ?');
  const sizeOf = prepare(db, 'SELECT length(body) FROM slots WHERE id = ?');
  const free = prepare(db, 'INSERT INTO free_slots (slot, size) VALUES (?, ?)');
  const takeFree = prepare(
    db,
    `DELETE FROM free_slots WHERE slot =
       (SELECT slot FROM free_slots WHERE size = ? LIMIT 1) RETURNING slot`,
  );

  return {
    /** @returns the slot that holds the value. */
    add(value: Uint8Array): number {
      const size = sizeFor(value.length);
      const body = Buffer.alloc(size);
      body.set(value);
      const taken = takeFree.all(size)[0]?.[0];
      if (typeof taken !== 'number') return insert.run(null, body).lastInsertRowid;
      overwrite.run(body, taken);
      return taken;
    },
    /** Overwrites a slot with zeros; another value can use it. */
    erase(slot: number): void {
      const size = Number(sizeOf.all(slot)[0]?.[0]);
      overwrite.run(Buffer.alloc(size), slot);
      free.run(slot, size);
    },
  };
}
