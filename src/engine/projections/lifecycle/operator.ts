import { ConflictError } from '../../../domain/kernel/errors.ts';
import type { ProjectionStatus } from '../../../ports/read-store.ts';
import type { Feed } from '../feed/feed.ts';
import type { Generation } from '../folding/generation.ts';
import type { GenerationPair } from './generation-pairs.ts';
import type { EngineContext } from '../context.ts';
import type { ProjectionOperations } from '../projection-operations.ts';
import { withFencing } from './with-fencing.ts';

/** Operations on the status of a projection. */
export type Operator = Pick<ProjectionOperations, 'retry' | 'skip' | 'pause' | 'resume'>;

export interface OperatorOptions {
  readonly context: EngineContext;
  readonly feed: Feed;
  /** @throws NotFoundError */
  readonly slotOf: (projection: string) => GenerationPair;
}

export function createOperator({ context, feed, slotOf }: OperatorOptions): Operator {
  const { store, journal, writing } = context;

  const newest = ({ building, serving }: GenerationPair) => building ?? serving;
  const membersOf = ({ building, serving }: GenerationPair) =>
    [serving, building].filter((member) => member !== undefined);

  const note = (status: ProjectionStatus) =>
    withFencing(context, () => store.setProjectionStatus(status));

  /** What is noted may differ from what is so: by an order that failed when the lease passed on. */
  async function isNotedPaused(name: string): Promise<boolean> {
    return (await store.projectionStatus(name))?.status === 'paused';
  }

  function blockedOne(name: string): Generation {
    const member = newest(slotOf(name));
    if (member?.state === 'blocked') return member;
    throw new ConflictError('projection_not_blocked', `projection ${name} is not blocked`);
  }

  return {
    async retry(name) {
      blockedOne(name).wake();
    },
    async skip(name, eventId, reason, actor) {
      const member = blockedOne(name);
      if (member.blocked?.eventId !== eventId) {
        throw new ConflictError(
          'projection_not_blocked',
          `projection ${name} is not blocked at event ${eventId}`,
          { found: member.blocked?.eventId },
        );
      }
      const skipped = [...member.skipped, eventId];
      await journal.record(name, 'EventSkipped', { eventId, reason }, actor);
      await note({ projection: name, status: 'running', skipped });
      member.skipped = new Set(skipped);
      member.wake();
    },
    async pause(name, reason, actor) {
      const slot = slotOf(name);
      const isSo = membersOf(slot).every(({ paused }) => paused);
      if (isSo && (await isNotedPaused(name))) return;
      // Between two batches of the feed, so that each is in what it has seen as a whole; and not
      // before it is known whether the last of them was stored, or it would write that one again.
      await writing.run(async () => {
        await feed.resolveInDoubtCommit();
        const skipped = [...(newest(slot)?.skipped ?? [])];
        await note({ projection: name, status: 'paused', reason, skipped });
        for (const member of membersOf(slot)) {
          member.paused = true;
          feed.leave(member);
          member.wake();
        }
      });
      await journal.record(name, 'ProjectionPaused', { reason }, actor);
    },
    async resume(name, actor) {
      const slot = slotOf(name);
      const isSo = !membersOf(slot).some(({ paused }) => paused);
      if (isSo && !(await isNotedPaused(name))) {
        throw new ConflictError('projection_not_paused', `projection ${name} is not paused`);
      }
      await writing.run(async () => {
        const skipped = [...(newest(slot)?.skipped ?? [])];
        await note({ projection: name, status: 'running', skipped });
        for (const member of membersOf(slot)) {
          member.paused = false;
          member.wake();
        }
      });
      await journal.record(name, 'ProjectionResumed', {}, actor);
    },
  };
}
