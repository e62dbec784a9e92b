import {
  type AnyBulkWriteOperation,
  type Collection,
  type Document,
  MongoBulkWriteError,
  MongoServerError,
} from 'mongodb';

const DUPLICATE_KEY = 11_000;

/** Operations per bulk write. */
export const BATCH_SIZE = 1_000;

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/**
 * Executes operations in any order. All are done but those that were refused because another writer
 * had inserted the key first.
 * @returns the indexes of the refused ones.
 * @throws any other failure.
 */
export async function writeExceptDuplicates<Schema extends Document>(
  collection: Collection<Schema>,
  operations: readonly AnyBulkWriteOperation<Schema>[],
): Promise<readonly number[]> {
  if (operations.length === 0) return [];
  try {
    await collection.bulkWrite(operations, { ordered: false });
    return [];
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const refused = [error.writeErrors].flat();
    // The writes beside the refused ones must be acknowledged as usual.
    if (refused.length === 0 || error.result.getWriteConcernError()) throw error;
    if (refused.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
    return refused.map(({ index }) => index);
  }
}

/**
 * An upsert that races with another insert of the same key is refused without an attempt to update
 * the inserted document. One retry without the insert is enough, because keys are not removed.
 */
export async function retryOnDuplicate<T>(write: (upsert: boolean) => Promise<T>): Promise<T> {
  try {
    return await write(true);
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return write(false);
  }
}

export function inChunks<T>(items: readonly T[], size = BATCH_SIZE): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  return chunks;
}
