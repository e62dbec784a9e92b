import { ConflictError } from '../../../domain/kernel/errors.ts';
import type { Actor } from '../../../domain/kernel/event.ts';
import { createMutex } from '../../../lib/mutex.ts';
import { backOffMs } from '../back-off.ts';
import type { EngineContext } from '../context.ts';
import { skippedInLog } from '../engine-events.ts';
import type { Feed } from '../feed/feed.ts';
import { createGeneration, type Generation } from '../folding/generation.ts';
import { type GenerationPair, newestOf } from './generation-pairs.ts';
import type { Supervisor } from './supervisor.ts';
import { withFencing } from './with-fencing.ts';

/** Rebuilds of read models beside their serving generations (K7). */
export interface Rebuilds {
  /** Starts the next generation; one that is already being built is started again. */
  start(projection: string, reason: string, actor?: Actor): Promise<void>;
  /** Rebuilds every projection, since the log is another one; logged as an error. */
  startAll(): Promise<void>;
  /**
   * Cancels a rebuild; the serving generation continues as it is.
   * @throws ConflictError projection_not_building
   */
  cancel(projection: string, actor: Actor): Promise<void>;
}

export interface RebuildsOptions {
  readonly context: EngineContext;
  readonly feed: Feed;
  readonly supervisor: Supervisor;
  readonly pairs: ReadonlyMap<string, GenerationPair>;
  /** @throws NotFoundError */
  readonly pairOf: (projection: string) => GenerationPair;
}

/** Stops a generation for good: nothing is written to it any more. */
export function retire(feed: Feed, generation: Generation): void {
  feed.leave(generation);
  generation.state = 'retired';
  generation.wake();
}

export function createRebuilds(options: RebuildsOptions): Rebuilds {
  const { context, feed, supervisor, pairs, pairOf } = options;
  const { store, logger, clock, engineEvents } = context;
  /** One operation at a time. */
  const operating = createMutex();
  let rebuildingAll: Promise<void> | undefined;

  /** The empty collection records the rebuild, so that it survives a stop. */
  function start(name: string, reason: string, actor?: Actor): Promise<void> {
    const pair = pairOf(name);
    return operating.run(async () => {
      const number = Math.max(pair.serving?.number ?? 0, pair.building?.number ?? 0) + 1;
      const next = createGeneration(context, pair.projection, number);
      await withFencing(context, async () => {
        await store.dropCollection(next.collection.name);
        await store.ensureCollection(next.collection);
      });
      const skipped = await skippedInLog(context.log, name);
      // The one before may have been switched to, or paused, meanwhile.
      await context.writing.run(async () => {
        const before = newestOf(pair);
        next.skipped = new Set([...(before?.skipped ?? []), ...skipped]);
        next.paused = before?.paused ?? false;
        if (pair.building) retire(feed, pair.building);
        pair.building = next;
      });
      await engineEvents.record(name, 'RebuildStarted', { generation: number, reason }, actor);
      supervisor.begin(next, { needsSlot: pair.serving !== undefined });
    });
  }

  function cancel(name: string, actor: Actor): Promise<void> {
    const pair = pairOf(name);
    return operating.run(async () => {
      const { serving, building } = pair;
      if (!serving || !building) {
        throw new ConflictError(
          'projection_not_building',
          `no rebuild of projection ${name} runs beside a serving generation`,
        );
      }
      // Under the write lock: between two commits, and not while it is being switched to.
      await context.writing.run(async () => {
        if (pair.building !== building) return;
        retire(feed, building);
        pair.building = undefined;
      });
      if (pair.serving === building) {
        const done = `the rebuild of projection ${name} has ended already`;
        throw new ConflictError('projection_not_building', done);
      }
      await supervisor.ended(building);
      await withFencing(context, () => store.dropCollection(building.collection.name));
      await engineEvents.record(name, 'RebuildCancelled', { generation: building.number }, actor);
      context.waiters.check();
    });
  }

  async function beginAll(): Promise<void> {
    logger.error({}, 'the log is not the one that the read models were built from; rebuilding all');
    for (let tries = 0; !context.stopping.aborted; tries += 1) {
      try {
        await context.writing.run(() => feed.restartAtHead());
        for (const { projection } of pairs.values()) {
          await start(projection.name, 'the log is another or a restored one');
        }
        for (const pair of pairs.values()) pair.serving?.failures.succeeded();
        return;
      } catch (error) {
        logger.error({ error: String(error) }, 'rebuild of all read models failed; retrying');
        for (const pair of pairs.values()) newestOf(pair)?.failures.failed(error);
        await clock.sleep(backOffMs(context, tries), context.stopping);
      }
    }
  }

  return {
    start,
    cancel,
    startAll() {
      rebuildingAll ??= beginAll().finally(() => {
        rebuildingAll = undefined;
      });
      return rebuildingAll;
    },
  };
}
