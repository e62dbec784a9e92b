import { NotFoundError } from '../../domain/kernel/errors.ts';
import type { EventTypes } from '../../domain/kernel/event-types.ts';
import type { Position } from '../../domain/kernel/position.ts';
import { createMutex } from '../../lib/mutex.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ReadStore } from '../../ports/read-store.ts';
import type { Failure } from '../failure-watch.ts';
import { fencedStore } from '../leases/fenced-store.ts';
import type { WorkLease } from '../leases/work-unit.ts';
import { createSharedPages } from '../shared-pages.ts';
import type { AuditOptions, AuditReport } from './audit/audit.ts';
import { auditGeneration, repairDocuments } from './audit/audit-generation.ts';
import { type ChangeWatch, createChangeWatch } from './change-watch.ts';
import type { EngineContext } from './context.ts';
import { createEngineEvents } from './engine-events.ts';
import { createFeed } from './feed/feed.ts';
import type { Generation } from './folding/generation.ts';
import { OtherLogError } from './folding/log-identity.ts';
import type { Projection } from './folding/projection.ts';
import { ONLY_FEED } from './lanes.ts';
import {
  dropRetired,
  type GenerationPair,
  generationsOf,
  newestOf,
  openPair,
} from './lifecycle/generation-pairs.ts';
import { createOperator } from './lifecycle/operator.ts';
import { createRebuilds } from './lifecycle/rebuilds.ts';
import { runGeneration } from './lifecycle/runner.ts';
import { createSupervisor } from './lifecycle/supervisor.ts';
import { createTransitions } from './lifecycle/transitions.ts';
import { PROJECTION_LIMITS, type ProjectionLimits } from './limits.ts';
import type { ProjectionOperations } from './projection-operations.ts';
import type { ProjectionReport, ProjectionView } from './projection-view.ts';
import { createWaiters, hasReached } from './waiters.ts';

export interface ProjectionEngineOptions {
  readonly log: EventLog;
  readonly store: ReadStore;
  readonly types: EventTypes;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly projections: readonly Projection[];
  readonly limits?: Partial<ProjectionLimits>;
  /** Name of the engine's feed, where several engines share one read store; else `feed`. */
  readonly feedName?: string;
  /** Categories that the feed follows; default those of its own projections. */
  readonly categories?: readonly string[];
  /** The lease under which it works, where other engines share the read store. */
  readonly lease?: WorkLease;
  /** Called after every step of progress. */
  readonly onProgress?: () => void;
  /** Whether a caller in another thread waits for a position. */
  readonly hasWaiters?: () => boolean;
}

export interface ProjectionEngine extends ProjectionView, ProjectionOperations {
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * True when each projection that is not blocked or paused had seen, in time, all events of the
   * time of the call, and no known damage was left to repair.
   */
  whenCaughtUp(options: { readonly timeoutMs: number }): Promise<boolean>;
  /** Audits one projection, or all. */
  audit(options: AuditOptions & { readonly projection?: string }): Promise<AuditReport[]>;
}

export function createProjectionEngine(options: ProjectionEngineOptions): ProjectionEngine {
  const { log, projections } = options;
  const pairs = new Map<string, GenerationPair>();
  const servingOf = (name: string) => pairs.get(name)?.serving?.collection.name;
  const changes = createChangeWatch(projections, servingOf);
  const { context, stop } = createContext(options, changes);
  const { logger } = context;
  const followed = new Set(projections.flatMap((projection) => projection.categories));
  const feed = createFeed(context, {
    categories: options.categories ?? [...followed],
    allGenerations: () => [...pairs.values()].flatMap(generationsOf),
    onOtherLog: () => rebuilds.startAll(),
    onUnrepairable: ({ projection }) => {
      supervisor.supervise(
        rebuilds.start(projection.name, 'an event that came late cannot be folded'),
      );
    },
  });
  const rebuildSlots = context.limits.maxConcurrentRebuilds;
  const supervisor = createSupervisor({ run, rebuildSlots, logger });
  const rebuilds = createRebuilds({ context, feed, supervisor, pairs, pairOf });
  const operator = createOperator({ context, feed, pairOf });
  const storedBlocked = new Set<string>();
  const transitions = createTransitions({
    ...{ context, feed, supervisor, pairOf, storedBlocked },
    repairDocuments: (generation) => repairDocuments(context, feed, generation),
  });
  const runId = options.ids.uuid();
  let started = false;
  /** The head of the log at the start. */
  let startHead: Position | undefined;

  function pairOf(name: string): GenerationPair {
    const pair = pairs.get(name);
    if (!pair) throw new NotFoundError('not_found', `there is no projection ${name}`);
    return pair;
  }

  function run(generation: Generation): Promise<void> {
    return runGeneration(context, generation, feed, transitions).catch((error: unknown) => {
      if (!(error instanceof OtherLogError)) throw error;
      const { building } = pairOf(generation.projection.name);
      // Its successor is being built already.
      if (building && building !== generation) return undefined;
      return rebuilds.startAll();
    });
  }

  async function openAll(): Promise<void> {
    startHead = await log.head();
    try {
      await feed.open();
    } catch (error) {
      if (!(error instanceof OtherLogError)) throw error;
      logger.error({}, error.message);
      await feed.restartAtHead();
    }
    for (const projection of projections) {
      const { pair, blocked } = await openPair(context, projection);
      if (blocked) storedBlocked.add(projection.name);
      pairs.set(projection.name, pair);
    }
    await dropRetired(context, [...pairs.values()]);
  }

  function isCaughtUp(pair: GenerationPair, head: Position): boolean {
    const generation = newestOf(pair);
    if (generation?.state === 'blocked' || generation?.paused) return true;
    if (pair.building || generation?.state !== 'live' || generation.needsAudit) return false;
    return hasReached(generation.position, head);
  }

  function reportOf({ projection, serving, building }: GenerationPair): ProjectionReport[] {
    const generation = serving ?? building;
    if (!generation) return [];
    const { number, position, lastRecordedAt, blocked, audited } = generation;
    const failing = failureOf(generation);
    const buildFailure = building && failureOf(building);
    const report: ProjectionReport = {
      name: projection.name,
      version: projection.version,
      generation: number,
      state: failing ? 'failing' : generation.state,
      position,
      lastRecordedAt,
      blocked: blocked ?? building?.blocked,
      failing: failing ?? buildFailure,
      caughtUp: startHead !== undefined && hasReached(serving?.position, startHead),
      audited,
      building: serving &&
        building && {
          generation: building.number,
          position: building.position,
          state: buildStateOf(building, buildFailure),
        },
    };
    return [report];
  }

  /** A member of the feed is updated by it, any other generation by its own runner. */
  function failureOf(generation: Generation): Failure | undefined {
    return generation.state === 'live' ? feed.failure() : generation.failures.current();
  }

  function buildStateOf(building: Generation, failure: Failure | undefined) {
    if (supervisor.isWaiting(building)) return 'waiting';
    return failure ? 'failing' : building.state;
  }

  const positionOf = (name: string) => pairOf(name).serving?.position;

  return {
    async start() {
      if (started) return;
      started = true;
      try {
        await openAll();
      } catch (error) {
        started = false;
        pairs.clear();
        throw error;
      }
      for (const { serving, building } of pairs.values()) {
        if (serving) supervisor.begin(serving, { needsSlot: false });
        if (building) supervisor.begin(building, { needsSlot: serving !== undefined });
      }
      if (projections.length > 0) supervisor.supervise(feed.run());
    },
    async stop() {
      stop.abort();
      await supervisor.allEnded();
    },
    async whenCaughtUp({ timeoutMs }) {
      const head = await log.head();
      const done = () => [...pairs.values()].every((pair) => isCaughtUp(pair, head));
      return context.waiters.until(done, timeoutMs);
    },
    waitFor: (name, position, timeoutMs) =>
      context.waiters.until(() => hasReached(positionOf(name), position), timeoutMs),
    serving: (name) => pairOf(name).serving?.collection.name,
    positionOf,
    runOf: () => runId,
    watch: (...args) => changes.watch(...args),
    report: () => [...pairs.values()].flatMap(reportOf),
    ...operator,
    async audit({ projection, ...how }) {
      const audited = projection ? [pairOf(projection)] : [...pairs.values()];
      const reports: AuditReport[] = [];
      for (const { serving } of audited) {
        if (serving?.state !== 'live') continue;
        reports.push(await auditGeneration(context, feed, serving, how));
      }
      return reports;
    },
    rebuild: async (...args) => rebuilds.start(...args),
    cancelRebuild: async (...args) => rebuilds.cancel(...args),
    counts: () => context.engineEvents.counts,
  };
}

/** What the parts of the engine share, and what stops it. */
function createContext(
  options: ProjectionEngineOptions,
  changes: ChangeWatch,
): {
  readonly context: EngineContext;
  readonly stop: AbortController;
} {
  const { log, types, clock, ids, logger, lease, feedName = ONLY_FEED } = options;
  const stop = new AbortController();
  const sleepers = new Set<() => void>();
  // However many generations sleep, the signal has one listener for all of them.
  const wakeAll = () => [...sleepers].forEach((wake) => wake());
  stop.signal.addEventListener('abort', wakeAll, { once: true });
  const waiters = createWaiters(clock, options.onProgress);
  const store = fencedStore(changes.reporting(options.store), lease?.token, () => {
    if (stop.signal.aborted) return;
    logger.warn({ feed: feedName }, 'another instance has the lease; stopping');
    stop.abort();
    lease?.lost();
  });
  const limits = { ...PROJECTION_LIMITS, ...options.limits };
  const context: EngineContext = {
    ...{ log, store, types, clock, ids, logger, waiters, sleepers, feedName, limits },
    pages: createSharedPages(log, {
      pageEvents: limits.sliceEvents,
      categories: [...new Set(options.projections.flatMap(({ categories }) => categories))],
    }),
    hasWaiters: () => waiters.count() > 0 || (options.hasWaiters?.() ?? false),
    engineEvents: createEngineEvents(log, ids, logger),
    writing: createMutex(),
    stopping: stop.signal,
    sharesStore: lease !== undefined,
  };
  return { context, stop };
}
