import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { comparePositions } from '../../../domain/kernel/position.ts';
import type { Checkpoint, CheckpointMove, CollectionWrites } from '../../../ports/read-store.ts';
import type { EngineContext } from '../context.ts';
import { CheckpointMovedError, reportCheckpointConflict } from '../folding/checkpoint-conflict.ts';
import { PoisonEventError } from '../folding/fold.ts';
import type { Generation } from '../folding/generation.ts';
import type { Continuity } from './continuity.ts';
import type { FeedCheckpoint } from './feed-checkpoint.ts';
import { collectionsOf, type FeedState } from './feed-state.ts';

/** Commits of the feed. Call each function while holding the write lock. */
export interface Batches {
  /**
   * Folds events into the documents of all members, in one commit of the read store. `last` is the
   * event at which the checkpoints then stand. @throws CheckpointMovedError
   */
  readonly apply: (events: readonly RecordedEvent[], last: RecordedEvent) => Promise<void>;
  /**
   * Finds out whether the last commit was done when its answer was lost: then documents are ahead
   * of `reached`, and this engine itself moved the checkpoints.
   */
  readonly resolveInDoubtCommit: () => Promise<void>;
}

export function createBatches(
  context: EngineContext,
  state: FeedState,
  continuity: Continuity,
  restartAtHead: FeedCheckpoint['restartAtHead'],
): Batches {
  const { log, store, logger, engineEvents, feedName } = context;
  const { members } = state;

  /**
   * The writes of one member, or the event that it cannot fold. Changes nothing, so the loads of
   * all members run side by side: one round trip of the read store for a batch, not one for each.
   */
  async function foldFor(member: Generation, events: readonly RecordedEvent[]) {
    try {
      const touches = member.fold.touches(events, member.skipped);
      if (touches.length === 0) return undefined;
      const keys = new Set(touches.flatMap((touch) => touch.keys));
      const stored = await store.load(member.collection.name, [...keys]);
      return [...member.fold.apply(touches, stored).values()];
    } catch (error) {
      if (error instanceof PoisonEventError) return error;
      throw error;
    }
  }

  /** A member that cannot fold an event leaves, and retries by itself. */
  function leave(member: Generation, { event, message }: PoisonEventError): void {
    logger.warn(
      { projection: member.projection.name, eventId: event.id, reason: message },
      'event could not be folded; projection leaves the feed',
    );
    state.leave(member);
  }

  async function apply(events: readonly RecordedEvent[], last: RecordedEvent): Promise<void> {
    const logId = await log.logId();
    const to: Checkpoint = { logId, position: last.position, eventId: last.id };
    const revisions = { feed: feedName, of: continuity.takePending() };
    const documents: CollectionWrites[] = [];
    const moves: CheckpointMove[] = [];
    const moved: Generation[] = [];
    const present = [...members];
    const folded = await Promise.all(present.map((member) => foldFor(member, events)));
    for (const [i, member] of present.entries()) {
      const writes = folded[i];
      if (writes instanceof PoisonEventError) leave(member, writes);
      if (!Array.isArray(writes)) continue;
      const { collection } = member;
      documents.push({ collection, writes });
      moves.push({ name: collection.name, from: member.checkpoint, to });
      moved.push(member);
    }
    // Last, for a store that moves them one by one: no member is then behind its feed.
    const feedTo = { ...to, members: collectionsOf(members) };
    moves.push({ name: feedName, from: state.checkpoint, to: feedTo });
    state.inDoubt = { to, moved, members: new Set(members) };
    const outcome = await store.commit({ documents, checkpoints: moves, revisions });
    state.inDoubt = undefined;
    if (outcome.outcome !== 'done') return checkpointMoved(outcome.name);
    committed(to, moved);
    for (const member of moved) member.lastRecordedAt = last.recordedAt;
  }

  function committed(to: Checkpoint, moved: readonly Generation[]): void {
    state.checkpoint = to;
    for (const member of moved) if (members.has(member)) member.checkpoint = to;
    state.moveTo(to.position);
  }

  /** Nothing was written. The generation whose checkpoint it is continues from the earlier one. */
  async function checkpointMoved(name: string): Promise<never> {
    const member = [...members].find(({ collection }) => collection.name === name);
    continuity.forget();
    if (member) {
      await reportCheckpointConflict(context, member);
      state.leave(member);
    } else {
      const found = { key: name, kind: 'checkpoint-moved' };
      const stored = await store.checkpoint(feedName);
      const detail = stored ? 'the stored checkpoint is another one' : 'the checkpoint is gone';
      await engineEvents.record(feedName, 'GapFound', { ...found, detail });
      if (stored) state.checkpoint = stored;
      else await restartAtHead();
      await engineEvents.record(feedName, 'GapHealed', found);
    }
    throw new CheckpointMovedError(name);
  }

  return {
    apply,
    async resolveInDoubtCommit() {
      if (!state.inDoubt) return;
      const { to, moved, members: committing } = state.inDoubt;
      const stored = await store.checkpoint(feedName);
      state.inDoubt = undefined;
      if (stored?.logId !== to.logId || stored.eventId !== to.eventId) return;
      if (comparePositions(stored.position, to.position) !== 0) return;
      // A member that joined since was not part of that commit and reads the batch by itself.
      for (const member of [...members]) if (!committing.has(member)) state.leave(member);
      committed(
        to,
        moved.filter((member) => committing.has(member)),
      );
    },
  };
}
