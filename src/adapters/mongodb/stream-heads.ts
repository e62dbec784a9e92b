import type { Db, Document } from 'mongodb';

import { InvariantError } from '../../domain/kernel/errors.ts';
import type { CheckpointMove } from '../../ports/read-store.ts';
import { inChunks, writeExceptDuplicates } from './bulk.ts';
import { MAJORITY } from './connection.ts';
import { sortablePosition } from './sortable-position.ts';

/** Sorts before every position: of revisions that came without a move of their feed. */
const ALWAYS = '';

/**
 * The last revision of a stream that a feed has passed on, and the one before. They are written
 * before the feed's checkpoint moves, and count only once it has reached `at`: a revision that is
 * believed too early would make the feed pass over an event.
 */
interface StoredRevision extends Document {
  readonly _id: string;
  readonly revision: number;
  readonly at: string;
  readonly before?: { readonly revision: number; readonly at: string };
}

export interface Revisions {
  /** `reached`: the position of the feed's checkpoint as it is stored. */
  get(
    feed: string,
    streams: readonly string[],
    reached: () => Promise<string>,
  ): Promise<Map<string, number>>;
  put(
    feed: string,
    of: ReadonlyMap<string, number>,
    move: CheckpointMove | undefined,
  ): Promise<void>;
  clear(feed: string): Promise<void>;
}

export function createRevisions(db: Db, maxTimeMS: number): Revisions {
  const collection = db.collection<StoredRevision>('revisions', MAJORITY);

  return {
    async get(feed, streams, reached) {
      const found = new Map<string, number>();
      const prefix = prefixOf(feed);
      const ids = streams.map((stream) => prefix + stream);
      const stored: StoredRevision[] = [];
      for (const some of inChunks(ids)) {
        stored.push(...(await collection.find({ _id: { $in: some } }, { maxTimeMS }).toArray()));
      }
      if (stored.length === 0) return found;
      const upTo = await reached();
      for (const { _id, revision, at, before } of stored) {
        const counts = [{ revision, at }, before].find((each) => each && each.at <= upTo);
        if (counts) found.set(_id.slice(prefix.length), counts.revision);
      }
      return found;
    },
    async put(feed, of, move) {
      const prefix = prefixOf(feed);
      const at = move ? sortablePosition(move.to.position) : ALWAYS;
      const from = move?.from ? sortablePosition(move.from.position) : ALWAYS;
      const counted = { $and: [{ $gt: ['$revision', null] }, { $lte: ['$at', from] }] };
      const operations = [...of].map(([stream, revision]) => {
        const before = { $cond: [counted, { revision: '$revision', at: '$at' }, '$before'] };
        const update = [{ $set: { before, revision, at: { $literal: at } } }];
        return (upsert: boolean) => ({
          updateOne: { filter: { _id: prefix + stream }, update, upsert },
        });
      });
      for (const some of inChunks(operations)) {
        const refused = await writeExceptDuplicates(
          collection,
          some.map((operation) => operation(true)),
        );
        const again = refused.flatMap((place) => some[place]?.(false) ?? []);
        await writeExceptDuplicates(collection, again);
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
  throw new InvariantError(`a name of a feed without ${SEPARATOR}`, { feed });
}
