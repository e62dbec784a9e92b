import { comparePositions, type Position, START } from '../../../domain/kernel/position.ts';
import type { Checkpoint } from '../../../ports/read-store.ts';
import type { FailureWatch } from '../../failure-watch.ts';
import type { EngineContext } from '../context.ts';
import type { Generation } from '../folding/generation.ts';
import { watchFailures } from '../watch-failures.ts';

/** A commit of the feed that failed and may have been done all the same. */
export interface InDoubtCommit {
  readonly to: Checkpoint;
  /** Members whose checkpoints it moved. */
  readonly moved: readonly Generation[];
  /** The members at that time that have not left since. */
  readonly members: Set<Generation>;
}

/** Where a feed is, shared by its parts. */
export interface FeedState {
  /** Generations that have seen exactly what the feed has. */
  readonly members: Set<Generation>;
  /** As it was last stored. */
  checkpoint: Checkpoint | undefined;
  /** What lies at or before it was read by each generation by itself. */
  origin: Position;
  /** How far the log was examined; may be further than the checkpoint. */
  reached: Position;
  inDoubt: InDoubtCommit | undefined;
  /** Failures to apply what the log holds, which stop all members. */
  readonly failures: FailureWatch;
  moveTo(position: Position): void;
  leave(generation: Generation): void;
}

export function createFeedState(context: EngineContext): FeedState {
  const members = new Set<Generation>();
  const namesOf = () => [...members].map(({ projection }) => projection.name);
  const state: FeedState = {
    members,
    checkpoint: undefined,
    origin: START,
    reached: START,
    inDoubt: undefined,
    failures: watchFailures(context, namesOf),
    moveTo(position) {
      if (comparePositions(position, state.reached) <= 0) return;
      state.reached = position;
      for (const member of members) member.position = position;
      state.failures.succeeded();
      context.waiters.check();
    },
    leave(generation) {
      if (!members.delete(generation)) return;
      // It continues from what it knows to be stored, even if it rejoins before that is resolved.
      state.inDoubt?.members.delete(generation);
      generation.state = 'catching-up';
      generation.wake();
    },
  };
  return state;
}

/** The collections of the members, as a feed's checkpoint lists them. */
export function collectionsOf(members: ReadonlySet<Generation>): string[] {
  return [...members].map(({ collection }) => collection.name);
}
