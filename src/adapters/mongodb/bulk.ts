import {
  type AnyBulkWriteOperation,
  type Collection,
  type Document,
  MongoBulkWriteError,
  MongoServerError,
} from 'mongodb';

const DUPLICATE_KEY = 11_000;

/** Most operations that are sent at once. */
export const MOST_AT_ONCE = 1_000;

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/**
 * Carries out operations in no order and answers the places of those that were refused because
 * somebody else had the key first. All the others are then done. Any other failure is thrown.
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
    // What was written beside the refused ones must be as lasting as ever.
    if (refused.length === 0 || error.result.getWriteConcernError()) throw error;
    if (refused.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
    return refused.map(({ index }) => index);
  }
}

/**
 * An upsert that meets somebody else's insert of the same key is refused without having been tried
 * on what is there now: once more without the insert is enough, for nothing takes the key away.
 */
export async function againWhenDuplicate<T>(write: (upsert: boolean) => Promise<T>): Promise<T> {
  try {
    return await write(true);
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return write(false);
  }
}

export function inChunks<T>(items: readonly T[], size = MOST_AT_ONCE): T[][] {
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return chunks;
}
