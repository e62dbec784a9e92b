import { START } from '../../../domain/kernel/position.ts';
import type { Checkpoint } from '../../../ports/read-store.ts';
import { FencedError } from '../../leases/fenced-store.ts';
import type { EngineContext } from '../context.ts';
import { CheckpointMovedError } from '../folding/checkpoint-conflict.ts';
import { belongsToLog, OtherLogError } from '../folding/log-identity.ts';
import type { Continuity } from './continuity.ts';
import { collectionsOf, type FeedState } from './feed-state.ts';

/** The stored checkpoint of a feed, and its origin. */
export interface FeedCheckpoint {
  /** Reads the checkpoint, or creates it at the head. @throws OtherLogError */
  open(): Promise<void>;
  /** Forgets all progress and starts at the head: each generation reads the past by itself. */
  restartAtHead(): Promise<void>;
  /** Publishes the present members to other instances. Call while holding the write lock. */
  announce(): Promise<void>;
}

export function createFeedCheckpoint(
  { log, store, feedName }: EngineContext,
  state: FeedState,
  continuity: Continuity,
): FeedCheckpoint {
  const originName = `${feedName}-origin`;

  async function restartAtHead(): Promise<void> {
    for (const member of [...state.members]) state.leave(member);
    await store.resetCheckpoint(feedName);
    await store.resetCheckpoint(originName);
    continuity.forget();
    const position = await log.head();
    const event = await log.readAt(position);
    const to: Checkpoint = { logId: await log.logId(), position, eventId: event?.id };
    const outcome = await store.commit({
      checkpoints: [
        { name: feedName, from: undefined, to },
        { name: originName, from: undefined, to },
      ],
    });
    if (outcome.outcome !== 'done') throw new CheckpointMovedError(outcome.name);
    state.checkpoint = to;
    state.origin = position;
    state.reached = position;
  }

  return {
    restartAtHead,
    async open() {
      await store.claim(feedName);
      await store.claim(originName);
      const stored = await store.checkpoint(feedName);
      state.checkpoint = stored;
      if (!stored) return restartAtHead();
      if (!(await belongsToLog(log, stored))) throw new OtherLogError(feedName);
      state.origin = (await store.checkpoint(originName))?.position ?? START;
      state.reached = stored.position;
      continuity.forget();
    },
    async announce() {
      const { checkpoint, members } = state;
      if (!checkpoint) return;
      const to = { ...checkpoint, members: collectionsOf(members) };
      try {
        // A checkpoint that another writer moved shows in the next batch, which repairs it.
        await store.commit({ checkpoints: [{ name: feedName, from: checkpoint, to }] });
      } catch (error) {
        // The engine stops; what it was to announce has been done.
        if (!(error instanceof FencedError)) throw error;
      }
    },
  };
}
