import type { Collection, Db, Document } from 'mongodb';

import { UpstreamError } from '../../domain/kernel/errors.ts';
import type { Vault, VaultKey, VaultOutcome, VaultRecord } from '../../ports/vault.ts';
import { assertVaultPage, assertVaultRecord } from '../shared/vault-checks.ts';
import { isDuplicateKey } from './bulk.ts';
import { MAJORITY } from './connection.ts';
import { type MongoTimeouts, withinTimeout } from './time-limits.ts';

interface StoredRecord extends Document {
  readonly storeId: string;
  readonly kind: string;
  readonly id: string;
  readonly value: string;
  readonly revision: number;
  readonly expiresAt: string | null;
  readonly until: Date | null;
}

const isExpired = { $and: [{ $ne: ['$until', null] }, { $lte: ['$until', '$$NOW'] }] };

/**
 * The vault in MongoDB. Every write is acknowledged by a majority of the nodes, and expires by the
 * clock of the server. The server keeps removed content in its oplog and backups for as long as it
 * is set up to.
 */
export function createVault(db: Db, { readMs, writeMs, pingMs }: MongoTimeouts): Vault {
  const collection = db.collection<StoredRecord>('vault', MAJORITY);
  const put = createPut(collection);

  async function use<T>(ms: number, expected: string, promise: Promise<T>): Promise<T> {
    try {
      return await withinTimeout(ms, expected, promise);
    } catch (error) {
      // Neither the driver's message nor the record: both may hold what is secret.
      const name = error instanceof Error ? error.name : 'an error';
      const message = `the vault in MongoDB: expected ${expected}, found ${name}`;
      throw new UpstreamError('store_unavailable', message, {}, error);
    }
  }

  const valid = { $expr: { $not: [isExpired] } };
  const fields = { _id: 0, storeId: 1, kind: 1, id: 1, value: 1, revision: 1, expiresAt: 1 };

  return {
    async get({ storeId, kind, id }) {
      const options = { projection: fields, maxTimeMS: readMs };
      const found = collection.findOne({ storeId, kind, id, ...valid }, options);
      const stored = await use(readMs, 'a record', found);
      return stored ? recordOf(stored) : undefined;
    },
    async put(key, record, expectedRevision) {
      assertVaultRecord(record);
      return use(writeMs, 'a record to be stored', put(key, record, expectedRevision));
    },
    async remove({ storeId, kind, id }) {
      await use(writeMs, 'a record to be removed', collection.deleteOne({ storeId, kind, id }));
    },
    async list({ storeId, kind }, { after, limit }) {
      assertVaultPage(limit);
      const found = collection
        .find({ storeId, kind, ...valid, ...(after !== undefined && { id: { $gt: after } }) })
        .project<StoredRecord>(fields)
        .sort({ id: 1 })
        .limit(limit)
        .maxTimeMS(readMs)
        .toArray();
      const stored = await use(readMs, 'the records', found);
      return stored.map((each) => ({ storeId, kind, id: each.id, ...recordOf(each) }));
    },
    async ping() {
      await use(pingMs, 'an answer', db.command({ ping: 1 }));
    },
    close: () => Promise.resolve(),
  };
}

/** Writes guarded by the revision, in one step of the server each. */
function createPut(collection: Collection<StoredRecord>) {
  let indexed: Promise<unknown> | undefined;

  /** Two records of one key would make a conflict look like a success. Expired ones are removed. */
  async function ensureIndex(): Promise<void> {
    indexed ??= collection.createIndexes([
      { key: { storeId: 1, kind: 1, id: 1 }, name: 'by-key', unique: true },
      { key: { until: 1 }, name: 'expired', expireAfterSeconds: 0 },
    ]);
    try {
      await indexed;
    } catch (error) {
      indexed = undefined;
      throw error;
    }
  }

  async function insert(key: VaultKey, record: Omit<VaultRecord, 'revision'>) {
    const stored = { ...key, ...formOf(record), revision: 1 };
    const replaced = await collection.replaceOne({ ...key, $expr: isExpired }, stored);
    if (replaced.matchedCount === 1) return true;
    try {
      await collection.insertOne(stored);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  return async function put(
    { storeId, kind, id }: VaultKey,
    record: Omit<VaultRecord, 'revision'>,
    revision: number,
  ): Promise<VaultOutcome> {
    const key = { storeId, kind, id };
    await ensureIndex();
    if (revision === 0) return (await insert(key, record)) ? 'done' : 'conflict';
    const change = { $set: { ...formOf(record), revision: revision + 1 } };
    const found = { ...key, revision, $expr: { $not: [isExpired] } };
    const { matchedCount } = await collection.updateOne(found, change);
    return matchedCount === 1 ? 'done' : 'conflict';
  };
}

function formOf({ value, expiresAt }: Omit<VaultRecord, 'revision'>) {
  const until = expiresAt === undefined ? null : new Date(expiresAt);
  return { value, expiresAt: expiresAt ?? null, until };
}

function recordOf({ value, revision, expiresAt }: StoredRecord): VaultRecord {
  return expiresAt === null ? { value, revision } : { value, revision, expiresAt };
}
