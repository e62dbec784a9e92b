import type { EngineContext } from '../context.ts';
import type { Feed } from '../feed/feed.ts';
import type { Generation } from '../folding/generation.ts';
import type { GenerationPair } from './generation-pairs.ts';
import { retire } from './rebuilds.ts';
import type { Transitions } from './runner.ts';
import type { Supervisor } from './supervisor.ts';

export interface TransitionsOptions {
  readonly context: EngineContext;
  readonly feed: Feed;
  readonly supervisor: Supervisor;
  /** @throws NotFoundError */
  readonly pairOf: (projection: string) => GenerationPair;
  /** Audits and repairs the documents of a live generation whose `needsAudit` is set. */
  readonly repairDocuments: (generation: Generation) => Promise<void>;
  /** Projections whose stored status is `blocked`. */
  readonly storedBlocked: Set<string>;
}

/** What an engine does and records when one of its generations changes its state. */
export function createTransitions(options: TransitionsOptions): Transitions {
  const { context, feed, supervisor, pairOf, repairDocuments, storedBlocked } = options;
  const { store, logger, engineEvents, waiters, writing } = context;

  /** Makes the generation that was being built the serving one. */
  async function switchTo(generation: Generation): Promise<void> {
    const pair = pairOf(generation.projection.name);
    const { name: projection, version } = generation.projection;
    const { number } = generation;
    await store.setLiveGeneration({ projection, version, generation: number });
    if (pair.building !== generation) return;
    const before = pair.serving;
    pair.serving = generation;
    pair.building = undefined;
    supervisor.releaseSlot(generation);
    if (before) retire(feed, before);
    await feed.announce();
    const fields = { projection, version, generation: number };
    logger.info(fields, 'new generation answers queries');
    if (number > 1) {
      void engineEvents.record(projection, 'RebuildSwitched', { generation: number });
    }
    waiters.check();
  }

  return {
    async joined(generation) {
      const { name: projection } = generation.projection;
      const pair = pairOf(projection);
      if (storedBlocked.has(projection)) {
        const skipped = [...generation.skipped];
        await store.setProjectionStatus({ projection, status: 'running', skipped });
        storedBlocked.delete(projection);
      }
      if (generation.needsAudit) supervisor.supervise(repairDocuments(generation));
      if (pair.building === generation) return switchTo(generation);
      await feed.announce();
      waiters.check();
    },
    async blocked(generation) {
      const projection = generation.projection.name;
      const { eventId = '', reason = '' } = generation.blocked ?? {};
      const skipped = [...generation.skipped];
      storedBlocked.add(projection);
      supervisor.releaseSlot(generation);
      try {
        // Under the write lock: a pause that runs meanwhile stores its status after this one.
        await writing.run(async () => {
          if (generation.paused) return;
          const status = 'blocked' as const;
          await store.setProjectionStatus({ projection, status, eventId, reason, skipped });
        });
      } catch (error) {
        logger.error({ projection, error: String(error) }, 'blocked status could not be stored');
      }
      await engineEvents.record(projection, 'ProjectionBlocked', { eventId, reason });
      waiters.check();
    },
    paused(generation) {
      supervisor.releaseSlot(generation);
      waiters.check();
    },
  };
}
