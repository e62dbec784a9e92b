import { comparePositions, START, type Position } from '../../../domain/kernel/position.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { ProjectionStatus, ReadStore } from '../../../ports/read-store.ts';
import type { ProjectionReport } from '../projection-engine.ts';
import { collectionOf, type Projection } from '../projection.ts';
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
  /** Name of the feed that a projection follows. */
  readonly feedOf: (projection: string) => string;
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
  const { store, clock, logger, projections, feedOf } = options;
  const known = new Map<string, ProjectionReport & { readonly collection?: string }>(
    projections.map((projection) => [projection.name, unseen(projection)]),
  );

  async function look(projection: Projection): Promise<void> {
    const { name, version } = projection;
    const live = await store.liveGeneration(name);
    const status = await store.projectionStatus(name);
    if (live?.version !== version) {
      known.set(name, unseen(projection));
      return;
    }
    const collection = collectionOf(projection, live.generation).name;
    const own = (await store.checkpoint(collection))?.position ?? START;
    const feed = await store.checkpoint(feedOf(name));
    const member = feed?.members?.includes(collection) ?? false;
    const ahead = member && feed && comparePositions(feed.position, own) > 0;
    const { eventId = '', reason = '' } = status ?? {};
    const blocked = status?.status === 'blocked' ? { eventId, reason } : undefined;
    known.set(name, {
      ...unseen(projection),
      generation: live.generation,
      state: stateOf(status?.status, member),
      position: ahead ? feed.position : own,
      blocked,
      collection,
    });
  }

  const named = (name: string) => projections.find((projection) => projection.name === name);

  return {
    async follow(signal) {
      while (!signal.aborted) {
        for (const projection of projections) {
          try {
            await look(projection);
          } catch (error) {
            logger.warn({ projection: projection.name, error: String(error) }, 'cannot be seen');
          }
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
      const timer = new AbortController();
      let late = false;
      void clock.sleep(timeoutMs, timer.signal).then(() => {
        late = true;
      });
      try {
        for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_POLL_MS)) {
          await look(projection);
          const { collection, position: reached } = known.get(name) ?? unseen(projection);
          if (collection !== undefined && hasReached(reached, position)) return true;
          if (late) return false;
          await clock.sleep(Math.min(pauseMs, timeoutMs));
        }
      } finally {
        timer.abort();
      }
    },
  };
}

function stateOf(status: ProjectionStatus['status'] | undefined, member: boolean) {
  if (status === 'blocked' || status === 'paused') return status;
  return member ? 'live' : 'catching-up';
}

function unseen({ name, version }: Projection): ProjectionReport & { collection?: string } {
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
