import type { Db, Document } from 'mongodb';

import { InvariantError } from '../../domain/kernel/errors.ts';
import type { CheckpointMove } from '../../ports/read-store.ts';
import { inChunks, writeExceptDuplicates } from './bulk.ts';
import { MAJORITY } from './connection.ts';
import { sortablePosition } from './sortable-position.ts';

/** Sorts before every position: for heads that come without a move of their feed's checkpoint. */
const ALWAYS = '';

/**
 * The last revision of a stream that a feed has delivered, and the previous one. They are written
 * before the feed's checkpoint moves, and count only once it has reached `at`: a revision that is
 * trusted too early would make the feed skip an event.
 */
interface StoredHead extends Document {
  readonly _id: string;
  readonly revision: number;
  readonly at: string;
  readonly before?: { readonly revision: number; readonly at: string };
}

export interface StreamHeads {
  /** `reached` reads the stored position of the feed's checkpoint. */
  get(
    feed: string,
    streams: readonly string[],
    reached: () => Promise<string>,
  ): Promise<Map<string, number>>;
  put(
    feed: string,
    byStream: ReadonlyMap<string, number>,
    move: CheckpointMove | undefined,
  ): Promise<void>;
  clear(feed: string): Promise<void>;
}

export function createStreamHeads(db: Db, maxTimeMS: number): StreamHeads {
  const collection = db.collection<StoredHead>('revisions', MAJORITY);

  return {
    async get(feed, streams, reached) {
      const found = new Map<string, number>();
      const prefix = prefixOf(feed);
      const ids = streams.map((stream) => prefix + stream);
      const stored: StoredHead[] = [];
      for (const chunk of inChunks(ids)) {
        stored.push(...(await collection.find({ _id: { $in: chunk } }, { maxTimeMS }).toArray()));
      }
      if (stored.length === 0) return found;
      const upTo = await reached();
      for (const { _id, revision, at, before } of stored) {
        const counting = [{ revision, at }, before].find((head) => head && head.at <= upTo);
        if (counting) found.set(_id.slice(prefix.length), counting.revision);
      }
      return found;
    },
    async put(feed, byStream, move) {
      const prefix = prefixOf(feed);
      const movedTo = move ? sortablePosition(move.to.position) : ALWAYS;
      const movedFrom = move?.from ? sortablePosition(move.from.position) : ALWAYS;
      const counted = { $and: [{ $gt: ['$revision', null] }, { $lte: ['$at', movedFrom] }] };
      const operations = [...byStream].map(([stream, revision]) => {
        const before = { $cond: [counted, { revision: '$revision', at: '$at' }, '$before'] };
        const update = [{ $set: { before, revision, at: { $literal: movedTo } } }];
        return (upsert: boolean) => ({
          updateOne: { filter: { _id: prefix + stream }, update, upsert },
        });
      });
      for (const chunk of inChunks(operations)) {
        const refused = await writeExceptDuplicates(
          collection,
          chunk.map((operation) => operation(true)),
        );
        const retried = refused.flatMap((index) => chunk[index]?.(false) ?? []);
        await writeExceptDuplicates(collection, retried);
      }
    },
    async clear(feed) {
      const prefix = prefixOf(feed);
      const next = String.fromCharCode(SEPARATOR.charCodeAt(0) + 1);
      await collection.deleteMany({ _id: { $gte: prefix, $lt: prefix.slice(0, -1) + next } });
    },
  };
}

const SEPARATOR = '|';

function prefixOf(feed: string): string {
  if (!feed.includes(SEPARATOR)) return feed + SEPARATOR;
  throw new InvariantError(`a feed name without ${SEPARATOR}`, { feed });
}
