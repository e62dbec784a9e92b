import { ConflictError } from '../../../domain/kernel/errors.ts';
import type { Actor } from '../../../domain/kernel/event.ts';
import type { Feed } from '../feed/feed.ts';
import { createGeneration, type Generation } from '../folding/generation.ts';
import type { Supervisor } from './supervisor.ts';
import { createMutex } from '../../../lib/mutex.ts';
import type { GenerationPair } from './generation-pairs.ts';
import { backOffMs } from '../back-off.ts';
import type { EngineContext } from '../context.ts';
import { withFencing } from './with-fencing.ts';

/** Orders to build read models anew beside the ones that answer (K7). */
export interface Rebuilds {
  /** Begins the next generation; one that is being built already is begun again. */
  start(projection: string, reason: string, actor?: Actor): Promise<void>;
  /** The log is another one: everything is built again, loudly. */
  startAll(): Promise<void>;
  /**
   * Gives the next generation up; the one that answers goes on as it is.
   * @throws ConflictError projection_not_building
   */
  cancel(projection: string, actor: Actor): Promise<void>;
}

export interface RebuildsOptions {
  readonly context: EngineContext;
  readonly feed: Feed;
  readonly runs: Supervisor;
  readonly slots: ReadonlyMap<string, GenerationPair>;
  /** @throws NotFoundError */
  readonly slotOf: (projection: string) => GenerationPair;
}

/** Takes a generation out of work: nothing is written to it any more. */
export function retire(feed: Feed, member: Generation): void {
  feed.leave(member);
  member.state = 'retired';
  member.wake();
}

export function createRebuilds(options: RebuildsOptions): Rebuilds {
  const { context, feed, runs, slots, slotOf } = options;
  const { store, logger, clock, journal, types } = context;
  const ordering = createMutex();
  let rebuilding: Promise<void> | undefined;

  /** One order after the other. The empty collection is what remembers the order over a stop. */
  function start(name: string, reason: string, actor?: Actor): Promise<void> {
    const slot = slotOf(name);
    return ordering.run(async () => {
      const highest = Math.max(slot.serving?.generation ?? 0, slot.building?.generation ?? 0);
      const generation = highest + 1;
      const member = createGeneration(slot.projection, generation, types);
      await withFencing(context, async () => {
        await store.dropCollection(member.collection.name);
        await store.ensureCollection(member.collection);
      });
      // The one before may have taken its place meanwhile, or been told to rest.
      await context.writing.run(async () => {
        const { serving, building } = slot;
        const before = building ?? serving;
        member.skipped = new Set(before?.skipped);
        member.paused = before?.paused ?? false;
        if (building) retire(feed, building);
        slot.building = member;
      });
      await journal.record(name, 'RebuildStarted', { generation, reason }, actor);
      runs.begin(member, slot.serving !== undefined);
    });
  }

  function cancel(name: string, actor: Actor): Promise<void> {
    const slot = slotOf(name);
    return ordering.run(async () => {
      const { serving, building } = slot;
      if (!serving || !building) {
        throw new ConflictError(
          'projection_not_building',
          `no rebuild of projection ${name} is under way beside one that answers`,
        );
      }
      // Between two commits, and not while it takes the other's place.
      await context.writing.run(async () => {
        if (slot.building !== building) return;
        retire(feed, building);
        slot.building = undefined;
      });
      if (slot.serving === building) {
        const done = `the rebuild of projection ${name} has ended already`;
        throw new ConflictError('projection_not_building', done);
      }
      await runs.ended(building);
      await withFencing(context, () => store.dropCollection(building.collection.name));
      const { generation } = building;
      await journal.record(name, 'RebuildCancelled', { generation }, actor);
      context.waiters.check();
    });
  }

  async function beginAll(): Promise<void> {
    logger.error({}, 'the log is not the one the read models were made from; rebuilding all');
    for (let tries = 0; !context.stopping.aborted; tries += 1) {
      try {
        await context.writing.run(() => feed.restartAtHead());
        for (const { projection } of slots.values()) {
          await start(projection.name, 'the log is another or a restored one');
        }
        return;
      } catch (error) {
        logger.error({ error: String(error) }, 'could not begin to rebuild all; trying again');
        await clock.sleep(backOffMs(context, tries), context.stopping);
      }
    }
  }

  return {
    start,
    cancel,
    startAll() {
      rebuilding ??= beginAll().finally(() => {
        rebuilding = undefined;
      });
      return rebuilding;
    },
  };
}
