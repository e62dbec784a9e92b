import type { Collection } from 'mongodb';

import { BATCH_SIZE, inChunks, writeExceptDuplicates } from './bulk.ts';
import { PRIMARY } from './connection.ts';
import type { PreparedWrite, StoredForm } from './stored-document.ts';

/** Text per batch, unless a single document is larger. */
const MAX_BATCH_BYTES = 8 * 1_024 * 1_024;

/**
 * `overtaken`: a document was repaired meanwhile, so the stored one is not the one that the write
 * was folded from.
 */
export type WriteOutcome = 'done' | 'overtaken';

/**
 * Writes each document over an older stored one; where the stored one is as new or newer nothing is
 * to do, because folds are deterministic. Idempotent. `assertInTime` throws when the caller
 * no longer waits.
 */
export async function writeDocuments(
  collection: Collection<StoredForm>,
  writes: readonly PreparedWrite[],
  assertInTime: () => void,
): Promise<WriteOutcome> {
  let outcome: WriteOutcome = 'done';
  for (const chunk of chunksOf(writes)) {
    assertInTime();
    if ((await writeChunk(collection, chunk)) === 'overtaken') outcome = 'overtaken';
  }
  return outcome;
}

async function writeChunk(
  collection: Collection<StoredForm>,
  writes: readonly PreparedWrite[],
): Promise<WriteOutcome> {
  const indexes = await writeExceptDuplicates(
    collection,
    writes.map((write) => write.operation(true)),
  );
  const refused = indexes.flatMap((index) => writes[index] ?? []);
  if (refused.length === 0) return 'done';
  // A refusal may also mean that another writer inserted an older document at the same moment.
  const { matchedCount } = await collection.bulkWrite(
    refused.map((write) => write.operation(false)),
    { ordered: false },
  );
  return matchedCount === refused.length ? 'done' : outcomeOfRefused(collection, refused);
}

/** Compares the refused writes with the stored documents. */
async function outcomeOfRefused(
  collection: Collection<StoredForm>,
  refused: readonly PreparedWrite[],
): Promise<WriteOutcome> {
  const keys = refused.map(({ key }) => key);
  const projection = { position: 1 };
  const stored = await collection
    .find({ _id: { $in: keys } }, { ...PRIMARY, projection })
    .toArray();
  const positions = new Map(stored.map(({ _id, position }) => [_id, position]));
  const isPassed = refused.every(({ key, position }) => (positions.get(key) ?? '') >= position);
  return isPassed ? 'done' : 'overtaken';
}

function chunksOf(writes: readonly PreparedWrite[]): PreparedWrite[][] {
  return inChunks(writes, BATCH_SIZE).flatMap((many) => {
    const chunks: PreparedWrite[][] = [];
    let roomBytes = 0;
    for (const write of many) {
      if (write.sizeBytes > roomBytes || chunks.length === 0) {
        chunks.push([]);
        roomBytes = MAX_BATCH_BYTES;
      }
      chunks.at(-1)?.push(write);
      roomBytes -= write.sizeBytes;
    }
    return chunks;
  });
}
