import type { Document } from 'mongodb';

import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { Checkpoint, CheckpointMove, CommitOutcome } from '../../ports/read-store.ts';
import {
  type CheckpointsDocument,
  type Entries,
  pathOf,
  type StoredCheckpoint,
} from './checkpoints-document.ts';
import { positionOfSortable, sortablePosition } from './sortable-position.ts';

/** Attempts of a move that is refused when the reason has vanished by the time it is read. */
const MAX_ATTEMPTS = 3;

/** The places where the documents of a commit were written, by the name of the collection. */
export type Places = ReadonlyMap<string, string>;

export interface Checkpoints {
  get(name: string): Promise<Checkpoint | undefined>;
  /** By name; missing ones are left out. */
  many(names: readonly string[]): Promise<Map<string, Checkpoint>>;
  /**
   * Makes all moves or none; also none when a collection was dropped since its documents were
   * written.
   */
  move(moves: readonly CheckpointMove[], places: Places): Promise<CommitOutcome>;
  claim(name: string, token: number): Promise<boolean>;
  /** Removes the checkpoint; its claim is kept. */
  reset(name: string): Promise<void>;
}

export function createCheckpoints(document: CheckpointsDocument): Checkpoints {
  return {
    async get(name) {
      const { at: stored } = (await document.durable([name])).get(name) ?? {};
      return stored && checkpointOf(stored);
    },
    async many(names) {
      const entries = await document.durable(names);
      return new Map(
        names.flatMap((name) => {
          const { at: stored } = entries.get(name) ?? {};
          return stored ? [[name, checkpointOf(stored)] as const] : [];
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
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        if (await document.change(guards, { $set })) return { outcome: 'done' };
        const refused = refusalOf(moves, await document.latest(names), places);
        if (refused) return refused;
      }
      throw new Error('expected the checkpoints to move, or a reason against it');
    },
    async claim(name, token) {
      const path = `${pathOf(name)}.token`;
      return document.change([{ [path]: { $not: { $gt: token } } }], { $set: { [path]: token } });
    },
    async reset(name) {
      await document.replace(name, { $unset: { [`${pathOf(name)}.at`]: '' } });
    },
  };
}

/** Why these moves cannot be made in the given state; undefined when they can. */
export function refusalOf(
  moves: readonly CheckpointMove[],
  entries: Entries,
  places: Places,
): CommitOutcome | undefined {
  for (const move of moves) {
    const { at: stored, token } = entries.get(move.name) ?? {};
    if (token !== undefined && (move.token ?? -1) < token) {
      return { outcome: 'fenced', name: move.name };
    }
    if (!isAt(stored, move.from)) return { outcome: 'checkpoint-moved', name: move.name };
  }
  for (const [name, place] of places) {
    if (entries.get(name)?.collection?.place !== place) {
      return { outcome: 'checkpoint-moved', name };
    }
  }
  return undefined;
}

function storedOf({ logId, position, eventId, members }: Checkpoint): StoredCheckpoint {
  return omitUndefined({
    logId,
    position: sortablePosition(position),
    eventId,
    members: members && [...members],
  });
}

function checkpointOf({ logId, position, eventId, members }: StoredCheckpoint): Checkpoint {
  return {
    logId,
    position: positionOfSortable(position),
    eventId,
    ...(members && { members }),
  };
}

function isAt(stored: StoredCheckpoint | undefined, from: Checkpoint | undefined): boolean {
  if (!stored || !from) return !stored && !from;
  return stored.logId === from.logId && stored.position === sortablePosition(from.position);
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
