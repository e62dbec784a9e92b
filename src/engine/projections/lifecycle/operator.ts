import { ConflictError, UpstreamError } from '../../../domain/kernel/errors.ts';
import type { ProjectionStatus } from '../../../ports/read-store.ts';
import type { EngineContext } from '../context.ts';
import type { Feed } from '../feed/feed.ts';
import type { Generation } from '../folding/generation.ts';
import type { ProjectionOperations } from '../projection-operations.ts';
import { type GenerationPair, generationsOf, newestOf } from './generation-pairs.ts';
import { withFencing } from './with-fencing.ts';

/** The operations that change the status of a projection. */
export type Operator = Pick<ProjectionOperations, 'retry' | 'skip' | 'pause' | 'resume'>;

export interface OperatorOptions {
  readonly context: EngineContext;
  readonly feed: Feed;
  /** @throws NotFoundError */
  readonly pairOf: (projection: string) => GenerationPair;
}

export function createOperator({ context, feed, pairOf }: OperatorOptions): Operator {
  const { store, engineEvents, writing } = context;

  const setStatus = (status: ProjectionStatus) =>
    withFencing(context, () => store.setProjectionStatus(status));

  /**
   * The stored status can differ from the in-memory one: an operation may have failed while the
   * lease changed hands.
   */
  async function isStoredPaused(name: string): Promise<boolean> {
    return (await store.projectionStatus(name))?.status === 'paused';
  }

  function blockedGeneration(name: string): Generation {
    const generation = newestOf(pairOf(name));
    if (generation?.state === 'blocked') return generation;
    throw new ConflictError('projection_not_blocked', `projection ${name} is not blocked`);
  }

  return {
    async retry(name) {
      blockedGeneration(name).wake();
    },
    async skip(name, eventId, reason, actor) {
      const generation = blockedGeneration(name);
      if (generation.blocked?.eventId !== eventId) {
        throw new ConflictError(
          'projection_not_blocked',
          `projection ${name} is not blocked at event ${eventId}`,
          { found: generation.blocked?.eventId },
        );
      }
      const skipped = [...generation.skipped, eventId];
      // A skip that only the documents hold would be lost with them.
      if (!(await engineEvents.record(name, 'EventSkipped', { eventId, reason }, actor))) {
        throw new UpstreamError('store_unavailable', 'the skip could not be recorded in the log');
      }
      await setStatus({ projection: name, status: 'running', skipped });
      generation.skipped = new Set(skipped);
      generation.wake();
    },
    async pause(name, reason, actor) {
      const pair = pairOf(name);
      const isPaused = generationsOf(pair).every(({ paused }) => paused);
      if (isPaused && (await isStoredPaused(name))) return;
      // Under the write lock, so that each batch is in the documents as a whole; and once the last
      // commit is no longer in doubt, or the generation would write that batch again.
      await writing.run(async () => {
        await feed.resolveInDoubtCommit();
        const skipped = [...(newestOf(pair)?.skipped ?? [])];
        await setStatus({ projection: name, status: 'paused', reason, skipped });
        for (const generation of generationsOf(pair)) {
          generation.paused = true;
          feed.leave(generation);
          generation.wake();
        }
      });
      await engineEvents.record(name, 'ProjectionPaused', { reason }, actor);
    },
    async resume(name, actor) {
      const pair = pairOf(name);
      const isRunning = !generationsOf(pair).some(({ paused }) => paused);
      if (isRunning && !(await isStoredPaused(name))) {
        throw new ConflictError('projection_not_paused', `projection ${name} is not paused`);
      }
      await writing.run(async () => {
        const skipped = [...(newestOf(pair)?.skipped ?? [])];
        await setStatus({ projection: name, status: 'running', skipped });
        for (const generation of generationsOf(pair)) {
          generation.paused = false;
          generation.wake();
        }
      });
      await engineEvents.record(name, 'ProjectionResumed', {}, actor);
    },
  };
}
