import type { Document } from 'mongodb';

import type { Checkpoint, CheckpointMove, CommitOutcome } from '../../ports/read-store.ts';
import { positionOfSortable, sortablePosition } from './sortable-position.ts';
import { type Entries, pathOf, type State, type StoredCheckpoint } from './checkpoints-document.ts';

/** Times that a refused move is tried for which no reason is to be found any more. */
const MOST_TRIES = 3;

/** Where the documents of a commit went, by the name of their collection. */
export type Places = ReadonlyMap<string, string>;

export interface Checkpoints {
  get(name: string): Promise<Checkpoint | undefined>;
  /** By name, of those there are. */
  many(names: readonly string[]): Promise<Map<string, Checkpoint>>;
  /**
   * Makes all moves, or none; none either when a collection was dropped since its documents were
   * written to its place.
   */
  move(moves: readonly CheckpointMove[], places: Places): Promise<CommitOutcome>;
  claim(name: string, token: number): Promise<boolean>;
  /** Forgets where it is; who has claimed it stays known. */
  reset(name: string): Promise<void>;
}

export function createCheckpoints(state: State): Checkpoints {
  return {
    async get(name) {
      const { at } = (await state.lasting([name])).get(name) ?? {};
      return at && checkpointOf(at);
    },
    async many(names) {
      const entries = await state.lasting(names);
      return new Map(
        names.flatMap((name) => {
          const { at } = entries.get(name) ?? {};
          return at ? [[name, checkpointOf(at)] as const] : [];
        }),
      );
    },
    async move(moves, places) {
      if (moves.length === 0) return { outcome: 'done' };
      const guards = [
        ...moves.map(guardOf),
        ...[...places].map(([name, place]) => ({ [`${pathOf(name)}.collection.place`]: place })),
      ];
      const $set = Object.fromEntries(
        moves.map(({ name, to }) => [`${pathOf(name)}.at`, storedOf(to)]),
      );
      const names = [...moves.map(({ name }) => name), ...places.keys()];
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        if (await state.change(guards, { $set })) return { outcome: 'done' };
        const refused = refusalOf(moves, await state.latest(names), places);
        if (refused) return refused;
      }
      throw new Error('expected the checkpoints to move, or a reason against it');
    },
    async claim(name, token) {
      const path = `${pathOf(name)}.token`;
      return state.change([{ [path]: { $not: { $gt: token } } }], { $set: { [path]: token } });
    },
    async reset(name) {
      await state.replace(name, { $unset: { [`${pathOf(name)}.at`]: '' } });
    },
  };
}

/** Why these moves cannot be made as things are; undefined when they can. */
export function refusalOf(
  moves: readonly CheckpointMove[],
  entries: Entries,
  places: Places,
): CommitOutcome | undefined {
  for (const move of moves) {
    const { at, token } = entries.get(move.name) ?? {};
    if (token !== undefined && (move.token ?? -1) < token) {
      return { outcome: 'fenced', name: move.name };
    }
    if (!isAt(at, move.from)) return { outcome: 'checkpoint-moved', name: move.name };
  }
  for (const [name, place] of places) {
    if (entries.get(name)?.collection?.place !== place) {
      return { outcome: 'checkpoint-moved', name };
    }
  }
  return undefined;
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
