import { createCancelController } from '../../../lib/cancellation.ts';
import { comparePositions, START, type Position } from '../../../domain/kernel/position.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Checkpoint, ProjectionStatus, ReadStore } from '../../../ports/read-store.ts';
import type { ProjectionReport } from '../projection-view.ts';
import { collectionOf, type Projection } from '../folding/projection.ts';
import { feedOf } from '../lanes.ts';
import { hasReached } from '../waiters.ts';

/** How old what is known of a projection may be when nobody waits for it. */
const REFRESH_MS = 500;
const FIRST_POLL_MS = 5;
const MAX_POLL_MS = 50;

export interface StoredViewOptions {
  readonly store: ReadStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly projections: readonly Projection[];
}

/** What a process that does not run the projections knows of them: what the read store says. */
export interface StoredView {
  /** Looks at all of them, and goes on doing so until the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
  serving(projection: string): string | undefined;
  report(projection: string): ProjectionReport;
  /** True when the generation that answers queries has reached the position in time. */
  waitFor(projection: string, position: Position, timeoutMs: number): Promise<boolean>;
}

export function createStoredView(options: StoredViewOptions): StoredView {
  const { store, clock, logger, projections } = options;
  let statuses: ReadonlyMap<string, ProjectionStatus> = new Map();
  const known = new Map<string, ProjectionReport & { readonly collection?: string }>(
    projections.map((projection) => [projection.name, notBuiltYet(projection)]),
  );

  /** What operators see of them; for who waits for a position it does not matter. */
  async function refreshStatuses(): Promise<void> {
    statuses = await store.projectionStatuses(projections.map(({ name }) => name));
  }

  /** Two reads, however many read models there are. */
  async function look(wanted: readonly Projection[]): Promise<void> {
    const generations = await store.liveGenerations(wanted.map(({ name }) => name));
    const collections = new Map<string, string>();
    for (const projection of wanted) {
      const live = generations.get(projection.name);
      if (live?.version !== projection.version) continue;
      collections.set(projection.name, collectionOf(projection, live.generation).name);
    }
    const feeds = new Set(wanted.filter(({ name }) => collections.has(name)).map(feedOf));
    const checkpoints = await store.checkpoints([...collections.values(), ...feeds]);
    for (const projection of wanted) {
      const { name } = projection;
      const live = generations.get(name);
      const collection = collections.get(name);
      const status = statuses.get(name);
      // Its first generation may have been told to rest, or be stuck, before it answers anything.
      if (!live || collection === undefined) {
        known.set(name, { ...notBuiltYet(projection), ...stateFrom(status, false) });
      } else note(projection, live.generation, collection, status, checkpoints);
    }
  }

  function note(
    projection: Projection,
    generation: number,
    collection: string,
    status: ProjectionStatus | undefined,
    checkpoints: ReadonlyMap<string, Checkpoint>,
  ): void {
    const { name } = projection;
    const own = checkpoints.get(collection)?.position ?? START;
    const feed = checkpoints.get(feedOf(projection));
    const member = feed?.members?.includes(collection) ?? false;
    const ahead = member && feed && comparePositions(feed.position, own) > 0;
    known.set(name, {
      ...notBuiltYet(projection),
      ...stateFrom(status, member),
      generation,
      position: ahead ? feed.position : own,
      collection,
    });
  }

  const named = (name: string) => projections.find((projection) => projection.name === name);

  return {
    async follow(signal) {
      while (!signal.aborted) {
        try {
          await refreshStatuses();
          await look(projections);
        } catch (error) {
          logger.warn({ error: String(error) }, 'the read models cannot be seen');
        }
        await clock.sleep(REFRESH_MS, signal);
      }
    },
    serving: (name) => known.get(name)?.collection,
    report(name) {
      const found = known.get(name);
      if (!found) throw new Error(`expected a projection ${name}`);
      const { collection: _, ...report } = found;
      return report;
    },
    async waitFor(name, position, timeoutMs) {
      const projection = named(name);
      if (!projection) return false;
      // A timer and not the clock on the wall, which somebody may set back meanwhile.
      const timer = createCancelController();
      let late = false;
      void clock.sleep(timeoutMs, timer).then(() => {
        late = true;
      });
      try {
        for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_POLL_MS)) {
          await look([projection]);
          const { collection, position: reached } = known.get(name) ?? notBuiltYet(projection);
          if (collection !== undefined && hasReached(reached, position)) return true;
          if (late) return false;
          await clock.sleep(Math.min(pauseMs, timeoutMs));
        }
      } finally {
        timer.cancel();
      }
    },
  };
}

function stateFrom(
  { status, eventId = '', reason = '' }: Partial<ProjectionStatus> = {},
  member: boolean,
): Pick<ProjectionReport, 'state' | 'blocked'> {
  if (status === 'blocked') return { state: status, blocked: { eventId, reason } };
  if (status === 'paused') return { state: status, blocked: undefined };
  return { state: member ? 'live' : 'catching-up', blocked: undefined };
}

function notBuiltYet({ name, version }: Projection): ProjectionReport & { collection?: string } {
  return {
    name,
    version,
    generation: 0,
    state: 'catching-up',
    position: START,
    lastRecordedAt: undefined,
    blocked: undefined,
    audited: undefined,
    building: undefined,
  };
}
