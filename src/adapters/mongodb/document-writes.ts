import type { Collection } from 'mongodb';

import { inChunks, MOST_AT_ONCE, writeExceptDuplicates } from './bulk.ts';
import { PRIMARY } from './connection.ts';
import type { PreparedWrite, StoredForm } from './stored-document.ts';

/** So much text is sent in one go, unless a single document is larger. */
const MOST_BYTES_AT_ONCE = 8 * 1_024 * 1_024;

/**
 * What became of writes. `overtaken`: a document was mended meanwhile, and what it was folded from
 * is not what is there.
 */
export type WriteOutcome = 'done' | 'overtaken';

/**
 * Writes each document where what is stored is older; where it is as new or newer there is nothing
 * to do, for folds are deterministic. Writing the same again changes nothing. `proceed` throws when
 * nobody waits any more.
 */
export async function writeDocuments(
  collection: Collection<StoredForm>,
  writes: readonly PreparedWrite[],
  proceed: () => void,
): Promise<WriteOutcome> {
  let outcome: WriteOutcome = 'done';
  for (const chunk of chunksOf(writes)) {
    proceed();
    if ((await writeChunk(collection, chunk)) === 'overtaken') outcome = 'overtaken';
  }
  return outcome;
}

async function writeChunk(
  collection: Collection<StoredForm>,
  writes: readonly PreparedWrite[],
): Promise<WriteOutcome> {
  const places = await writeExceptDuplicates(
    collection,
    writes.map((write) => write.operation(true)),
  );
  const refused = places.flatMap((place) => writes[place] ?? []);
  if (refused.length === 0) return 'done';
  // Refused may also mean that somebody inserted something older at the same moment.
  const { matchedCount } = await collection.bulkWrite(
    refused.map((write) => write.operation(false)),
    { ordered: false },
  );
  return matchedCount === refused.length ? 'done' : judge(collection, refused);
}

/** Looks at what stands where writes were refused. */
async function judge(
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
  return inChunks(writes, MOST_AT_ONCE).flatMap((many) => {
    const chunks: PreparedWrite[][] = [];
    let room = 0;
    for (const write of many) {
      if (write.sizeBytes > room || chunks.length === 0) {
        chunks.push([]);
        room = MOST_BYTES_AT_ONCE;
      }
      chunks.at(-1)?.push(write);
      room -= write.sizeBytes;
    }
    return chunks;
  });
}
