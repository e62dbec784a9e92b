import { comparePositions, type Position, START } from '../../../domain/kernel/position.ts';
import { createCancelController } from '../../../lib/cancellation.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Leases } from '../../../ports/lease.ts';
import type { Logger } from '../../../ports/logger.ts';
import type {
  Checkpoint,
  CheckpointStore,
  GenerationCatalogue,
  ProjectionStatus,
} from '../../../ports/read-store.ts';
import { createFailureWatch, type FailureWatch } from '../../failure-watch.ts';
import { collectionOf, type Projection } from '../folding/projection.ts';
import { feedOf } from '../lanes.ts';
import type { ProjectionReport } from '../projection-view.ts';
import { hasReached } from '../waiters.ts';

/** Greatest age of the stored state of a projection while no caller waits for it. */
const REFRESH_MS = 500;
const FIRST_POLL_MS = 5;
const MAX_POLL_MS = 50;

export interface StoredViewOptions {
  readonly store: CheckpointStore & GenerationCatalogue;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly projections: readonly Projection[];
  /** The leases of the lanes; without them each lane counts as held. */
  readonly leases?: Pick<Leases, 'held'> | undefined;
}

/** The projections as the read store shows them to an instance that does not run them. */
export interface StoredView {
  /** Refreshes all of them until the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
  serving(projection: string): string | undefined;
  /** Undefined while no generation serves. */
  positionOf(projection: string): Position | undefined;
  /** The token of the lease under which it is written; undefined: no instance has it. */
  runOf(projection: string): string | undefined;
  report(projection: string): ProjectionReport;
  /** True when the serving generation has reached the position in time. */
  waitFor(projection: string, position: Position, timeoutMs: number): Promise<boolean>;
}

type StoredReport = ProjectionReport & { readonly collection?: string };

export function createStoredView(options: StoredViewOptions): StoredView {
  const { store, clock, logger, projections, leases } = options;
  let statuses: ReadonlyMap<string, ProjectionStatus> = new Map();
  /** Tokens by name. */
  let heldLeases: ReadonlyMap<string, string> | undefined;
  let failures: FailureWatch | undefined;
  const reports = new Map<string, StoredReport>(
    projections.map((projection) => [projection.name, notBuiltYet(projection)]),
  );

  /** For operators; a caller that waits for a position does not need the statuses. */
  async function refreshStatuses(): Promise<void> {
    statuses = await store.projectionStatuses(projections.map(({ name }) => name));
    if (!leases) return;
    const held = await leases.held();
    heldLeases = new Map(held.map(({ name, token }) => [name, String(token)]));
  }

  const isAssigned = (projection: Projection) => heldLeases?.has(feedOf(projection)) ?? true;

  function watchReads(stopping: AbortSignal): FailureWatch {
    return createFailureWatch({
      clock,
      stopping,
      onFailing: ({ reason }) => logger.error({ reason }, 'stored projections cannot be read'),
      onRecovered: () => logger.info({}, 'stored projections can be read again'),
    });
  }

  /** Two reads, however many projections are wanted. */
  async function refresh(wanted: readonly Projection[]): Promise<void> {
    const generations = await store.liveGenerations(wanted.map(({ name }) => name));
    const collections = new Map<string, string>();
    for (const projection of wanted) {
      const live = generations.get(projection.name);
      if (live?.version !== projection.version) continue;
      collections.set(projection.name, collectionOf(projection, live.generation).name);
    }
    const built = wanted.filter(({ name }) => collections.has(name));
    const feeds = new Set(built.map(feedOf));
    const checkpoints = await store.checkpoints([...collections.values(), ...feeds]);
    for (const projection of wanted) {
      const { name } = projection;
      const live = generations.get(name);
      const collection = collections.get(name);
      const status = statuses.get(name);
      // Its first generation may be paused, or blocked, before it answers anything.
      if (!live || collection === undefined) {
        const state = stateFrom(status, false, isAssigned(projection));
        reports.set(name, { ...notBuiltYet(projection), ...state });
      } else record(projection, live.generation, collection, status, checkpoints);
    }
  }

  function record(
    projection: Projection,
    generation: number,
    collection: string,
    status: ProjectionStatus | undefined,
    checkpoints: ReadonlyMap<string, Checkpoint>,
  ): void {
    const written = checkpoints.get(collection)?.position ?? START;
    const feed = checkpoints.get(feedOf(projection));
    const isMember = feed?.members?.includes(collection) ?? false;
    const isBehind = isMember && feed && comparePositions(feed.position, written) > 0;
    const state = stateFrom(status, isMember, isAssigned(projection));
    reports.set(projection.name, {
      ...notBuiltYet(projection),
      ...state,
      caughtUp: state.state === 'live',
      generation,
      position: isBehind ? feed.position : written,
      collection,
    });
  }

  return {
    async follow(signal) {
      failures = watchReads(signal);
      while (!signal.aborted) {
        try {
          await refreshStatuses();
          await refresh(projections);
          failures.succeeded();
        } catch (error) {
          failures.failed(error);
          logger.warn({ error: String(error) }, 'stored projections could not be read; retrying');
        }
        await clock.sleep(REFRESH_MS, signal);
      }
    },
    serving: (name) => reports.get(name)?.collection,
    positionOf(name) {
      const found = reports.get(name);
      return found?.collection === undefined ? undefined : found.position;
    },
    runOf(name) {
      const projection = projections.find((each) => each.name === name);
      return projection && heldLeases?.get(feedOf(projection));
    },
    report(name) {
      const found = reports.get(name);
      if (!found) throw new Error(`expected a projection ${name}`);
      const { collection: _, ...report } = found;
      const failing = failures?.current();
      return failing ? { ...report, state: 'failing', failing } : report;
    },
    async waitFor(name, position, timeoutMs) {
      const projection = projections.find((each) => each.name === name);
      if (!projection) return false;
      // A timer and not the wall clock, which may be set back meanwhile.
      const timer = createCancelController();
      let late = false;
      void clock.sleep(timeoutMs, timer).then(() => {
        late = true;
      });
      try {
        for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_POLL_MS)) {
          await refresh([projection]);
          const { collection, position: reached } = reports.get(name) ?? notBuiltYet(projection);
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
  isMember: boolean,
  assigned: boolean,
): Pick<ProjectionReport, 'state' | 'blocked'> {
  if (status === 'blocked') return { state: status, blocked: { eventId, reason } };
  if (status === 'paused') return { state: status, blocked: undefined };
  if (!assigned) return { state: 'unassigned', blocked: undefined };
  return { state: isMember ? 'live' : 'catching-up', blocked: undefined };
}

function notBuiltYet({ name, version }: Projection): StoredReport {
  return {
    name,
    version,
    generation: 0,
    state: 'catching-up',
    position: START,
    lastRecordedAt: undefined,
    blocked: undefined,
    failing: undefined,
    caughtUp: false,
    audited: undefined,
    building: undefined,
  };
}
