import type { Db, Document, Filter } from 'mongodb';

import type { Checkpoint, CheckpointMove, CommitOutcome } from '../../ports/read-store.ts';
import { againWhenDuplicate } from './bulk.ts';
import { LASTING, LATEST } from './connection.ts';
import { positionOfSortable, sortablePosition } from './sortable-position.ts';

const ID = 'checkpoints';
/** Times that a refused move is tried for which no reason is to be found any more. */
const MOST_TRIES = 3;

interface StoredCheckpoint {
  readonly logId: string;
  readonly position: string;
  readonly eventId?: string;
  readonly members?: readonly string[];
}

interface Entry {
  readonly at?: StoredCheckpoint;
  readonly token?: number;
}

/** All checkpoints in one document: they move together or not at all. */
interface StoredCheckpoints extends Document {
  readonly _id: string;
  readonly of?: Readonly<Record<string, Entry>>;
}

export interface Checkpoints {
  get(name: string): Promise<Checkpoint | undefined>;
  /** Why these moves cannot be made now; undefined when they can. */
  refusal(moves: readonly CheckpointMove[]): Promise<CommitOutcome | undefined>;
  /** Makes all moves, or none. */
  move(moves: readonly CheckpointMove[]): Promise<CommitOutcome>;
  claim(name: string, token: number): Promise<boolean>;
  /** Forgets where it is; who has claimed it stays known. */
  reset(name: string): Promise<void>;
  remove(name: string): Promise<void>;
}

export function createCheckpoints(db: Db): Checkpoints {
  const collection = db.collection<StoredCheckpoints>('state');
  let isThere = false;

  async function makeDocument(): Promise<void> {
    const update = { $setOnInsert: { of: {} } };
    await againWhenDuplicate(() => collection.updateOne({ _id: ID }, update, { upsert: true }));
    isThere = true;
  }

  async function read(names: readonly string[], concern: typeof LASTING | typeof LATEST) {
    if (!isThere) await makeDocument();
    const projection = Object.fromEntries(names.map((name) => [pathOf(name), 1]));
    const options = { ...concern, projection: { _id: 1, ...projection } };
    const document = await collection.findOne({ _id: ID }, options);
    // Somebody has emptied the database under our feet.
    if (!document) isThere = false;
    return new Map(names.map((name) => [name, document?.of?.[fieldNameOf(name)] ?? {}]));
  }

  async function refusal(moves: readonly CheckpointMove[]): Promise<CommitOutcome | undefined> {
    if (moves.length === 0) return undefined;
    const names = moves.map(({ name }) => name);
    const entries = await read(names, LATEST);
    for (const move of moves) {
      const { at, token } = entries.get(move.name) ?? {};
      if (token !== undefined && (move.token ?? -1) < token) {
        return { outcome: 'fenced', name: move.name };
      }
      if (!isAt(at, move.from)) return { outcome: 'checkpoint-moved', name: move.name };
    }
    return undefined;
  }

  return {
    async get(name) {
      const { at } = (await read([name], LASTING)).get(name) ?? {};
      return at && checkpointOf(at);
    },
    refusal,
    async move(moves) {
      if (moves.length === 0) return { outcome: 'done' };
      if (!isThere) await makeDocument();
      const filter = { _id: ID, $and: moves.map(guardOf) } as Filter<StoredCheckpoints>;
      const $set = Object.fromEntries(
        moves.map(({ name, to }) => [`${pathOf(name)}.at`, storedOf(to)]),
      );
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const { matchedCount } = await collection.updateOne(filter, { $set });
        if (matchedCount > 0) return { outcome: 'done' };
        const refused = await refusal(moves);
        if (refused) return refused;
      }
      throw new Error('expected the checkpoints to move, or a reason against it');
    },
    async claim(name, token) {
      if (!isThere) await makeDocument();
      const path = `${pathOf(name)}.token`;
      const filter = { _id: ID, [path]: { $not: { $gt: token } } } as Filter<StoredCheckpoints>;
      const { matchedCount } = await collection.updateOne(filter, { $set: { [path]: token } });
      return matchedCount > 0;
    },
    async reset(name) {
      await collection.updateOne({ _id: ID }, { $unset: { [`${pathOf(name)}.at`]: '' } });
    },
    async remove(name) {
      await collection.updateOne({ _id: ID }, { $unset: { [pathOf(name)]: '' } });
    },
  };
}

/** A name as the name of a field: without dots, and with no dollar at its head. */
function fieldNameOf(name: string): string {
  return encodeURIComponent(name).replaceAll('.', '%2E');
}

function pathOf(name: string): string {
  return `of.${fieldNameOf(name)}`;
}

function storedOf({ logId, position, eventId, members }: Checkpoint): StoredCheckpoint {
  return {
    logId,
    position: sortablePosition(position),
    ...(eventId !== undefined && { eventId }),
    ...(members && { members: [...members] }),
  };
}

function checkpointOf({ logId, position, eventId, members }: StoredCheckpoint): Checkpoint {
  return {
    logId,
    position: positionOfSortable(position),
    eventId,
    ...(members && { members }),
  };
}

function isAt(at: StoredCheckpoint | undefined, from: Checkpoint | undefined): boolean {
  if (!at || !from) return !at && !from;
  return at.logId === from.logId && at.position === sortablePosition(from.position);
}

function guardOf({ name, from, token }: CheckpointMove): Document {
  const path = pathOf(name);
  return {
    ...(from
      ? {
          [`${path}.at.logId`]: from.logId,
          [`${path}.at.position`]: sortablePosition(from.position),
        }
      : { [`${path}.at`]: { $exists: false } }),
    [`${path}.token`]: token === undefined ? { $exists: false } : { $not: { $gt: token } },
  };
}
