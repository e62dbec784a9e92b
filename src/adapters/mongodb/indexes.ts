import { type Collection, MongoServerError } from 'mongodb';

import type { DocumentIndex } from '../../ports/read-store.ts';
import type { StoredForm } from './stored-document.ts';

const TOMBSTONES = 'tombstones';
/** MongoDB has an index with that name, or with those keys, that differs from the wanted one. */
const INDEX_CONFLICTS: ReadonlySet<unknown> = new Set([85, 86]);

/** Creates the collection and its indexes where missing. Names must be validated before. */
export async function ensureIndexes(
  collection: Collection<StoredForm>,
  indexes: readonly DocumentIndex[],
): Promise<void> {
  for (const index of indexes) await ensureIndex(collection, index);
  const isTombstone = { deletedAt: { $exists: true } };
  const options = { name: TOMBSTONES, partialFilterExpression: isTombstone };
  await collection.createIndex({ deletedAt: 1 }, options, {});
}

/** Every index starts with the shop and ends with the key: a page is one range of it. */
async function ensureIndex(
  collection: Collection<StoredForm>,
  { name, fields }: DocumentIndex,
): Promise<void> {
  const keys = Object.fromEntries([
    ['storeId', 1],
    ...fields.map((field) => [`fields.${field}`, 1]),
    ['_id', 1],
  ]) as Record<string, 1>;
  const create = () => collection.createIndex(keys, { name }, {});
  try {
    await create();
  } catch (error) {
    if (!(error instanceof MongoServerError) || !INDEX_CONFLICTS.has(error.code)) throw error;
    await collection.dropIndex(name);
    await create();
  }
}
