import { NotFoundError } from '../../domain/kernel/errors.ts';
import type { Actor } from '../../domain/kernel/event.ts';
import type { EventTypes } from '../../domain/kernel/event-types.ts';
import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ReadStore } from '../../ports/read-store.ts';
import { audit, type AuditOptions, type AuditReport } from './audit/audit.ts';
import { CheckpointMovedError } from './lifecycle/catch-up.ts';
import { reportCheckpointConflict } from './folding/checkpoint-check.ts';
import { createFeed, OtherLogError } from './feed/feed.ts';
import { createEngineEvents } from './engine-events.ts';
import type { BuildingState, Generation, GenerationState } from './folding/generation.ts';
import { createSupervisor } from './lifecycle/supervisor.ts';
import { createMutex } from '../../lib/mutex.ts';
import { createOperator, type Operator } from './lifecycle/operator.ts';
import { type Projection } from './folding/projection.ts';
import { createRebuilds, retire } from './lifecycle/rebuilds.ts';
import { runGeneration } from './lifecycle/runner.ts';
import { dropRetired, openSlot, type GenerationPair } from './lifecycle/generation-pairs.ts';
import {
  backOffMs,
  PROJECTION_LIMITS,
  type EngineContext,
  type ProjectionLimits,
} from './context.ts';
import { createWaiters, hasReached } from './waiters.ts';

export type { FieldDiff } from './folding/refold.ts';

export interface ProjectionEngineOptions {
  readonly log: EventLog;
  readonly store: ReadStore;
  readonly types: EventTypes;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly projections: readonly Projection[];
  readonly limits?: Partial<ProjectionLimits>;
  /** Name of the engine's feed, where several engines share one read store; default `feed`. */
  readonly feedName?: string;
  /** Categories that the feed follows; default those of its own projections. */
  readonly categories?: readonly string[];
  /** Fencing token of the lease under which it works. */
  readonly token?: number;
  /** Told once when somebody with a newer lease has taken over; the engine has stopped then. */
  readonly onFenced?: () => void;
  /** Called after every step of progress. */
  readonly onProgress?: () => void;
  /** Whether somebody who does not wait at this engine itself waits for a position. */
  readonly hasWaiters?: () => boolean;
}

export interface ProjectionReport {
  readonly name: string;
  readonly version: number;
  readonly generation: number;
  readonly state: GenerationState;
  readonly position: Position;
  readonly lastRecordedAt: string | undefined;
  readonly blocked: { readonly eventId: string; readonly reason: string } | undefined;
  /** How far an audit of it has come, while there is one. */
  readonly audited: { readonly position: Position; readonly upTo: Position } | undefined;
  /** Set while a next generation is being built beside the one that answers. */
  readonly building:
    | {
        readonly generation: number;
        readonly position: Position;
        /** `waiting`: others are being built, and its turn comes after theirs. */
        readonly state: BuildingState;
      }
    | undefined;
}

export interface ProjectionEngine extends Operator {
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * True when each projection that is not blocked or paused had seen, in time, all that was there
   * at the call, and nothing known to be damaged was left to heal.
   */
  whenCaughtUp(options: { readonly timeoutMs: number }): Promise<boolean>;
  /** True when the read model reached the position in time. */
  waitFor(projection: string, position: Position, timeoutMs: number): Promise<boolean>;
  /** Physical name of the collection that answers queries; undefined before the first build. */
  serving(projection: string): string | undefined;
  report(): readonly ProjectionReport[];
  audit(options: AuditOptions & { readonly projection?: string }): Promise<AuditReport[]>;
  /** Builds the next generation beside the live one and then switches to it. */
  rebuild(projection: string, reason: string, actor?: Actor): Promise<void>;
  /** Gives a rebuild up. @throws ConflictError projection_not_building */
  cancelRebuild(projection: string, actor: Actor): Promise<void>;
  /** How often each kind of finding was recorded since the start. */
  counts(): ReadonlyMap<string, number>;
}

export function createProjectionEngine(options: ProjectionEngineOptions): ProjectionEngine {
  const { log, store, types, clock, ids, logger, projections } = options;
  const stop = new AbortController();
  const sleepers = new Set<() => void>();
  // However many rest, the signal has one listener for all of them.
  const wakeAll = () => [...sleepers].forEach((wake) => wake());
  stop.signal.addEventListener('abort', wakeAll, { once: true });
  const waiters = createWaiters(clock, options.onProgress);
  const context: EngineContext = {
    log,
    store,
    types,
    clock,
    ids,
    logger,
    limits: { ...PROJECTION_LIMITS, ...options.limits },
    waiters,
    hasWaiters: () => waiters.count() > 0 || (options.hasWaiters?.() ?? false),
    journal: createEngineEvents(log, ids, logger),
    writing: createMutex(),
    stopping: stop.signal,
    sleepers,
    feedName: options.feedName ?? 'feed',
    token: options.token,
    fenced: () => {
      if (stop.signal.aborted) return;
      logger.warn({ feed: options.feedName }, 'another process has the lease; stopping');
      stop.abort();
      options.onFenced?.();
    },
  };
  const own = new Set(projections.flatMap((projection) => projection.categories));
  const categories = options.categories ?? [...own];
  const feed = createFeed(context, {
    categories,
    everyMember: () =>
      [...slots.values()].flatMap(({ serving, building }) =>
        [serving, building].filter((member) => member !== undefined),
      ),
    onOtherLog: () => rebuilds.startAll(),
    onUnrepairable: ({ projection }) => {
      runs.supervise(rebuilds.start(projection.name, 'an event that came late cannot be folded'));
    },
  });
  const slots = new Map<string, GenerationPair>();
  const runs = createSupervisor({ run, atOnce: context.limits.maxConcurrentRebuilds, logger });
  const rebuilds = createRebuilds({ context, feed, runs, slots, slotOf });
  const operator = createOperator({ context, feed, slotOf });
  /** Projections whose stored status says blocked. */
  const notedBlocked = new Set<string>();
  let started = false;

  function slotOf(name: string): GenerationPair {
    const slot = slots.get(name);
    if (!slot) throw new NotFoundError('not_found', `there is no projection ${name}`);
    return slot;
  }

  const memberOf = (slot: GenerationPair) => slot.building ?? slot.serving;

  function run(member: Generation): Promise<void> {
    return runGeneration(context, member, feed, { joined, blocked, resting }).catch(
      (error: unknown) => {
        if (!(error instanceof OtherLogError)) throw error;
        const { building } = slotOf(member.projection.name);
        // Its successor is being built already.
        if (building && building !== member) return undefined;
        return rebuilds.startAll();
      },
    );
  }

  async function joined(member: Generation): Promise<void> {
    const slot = slotOf(member.projection.name);
    const { name: projection, version } = member.projection;
    if (notedBlocked.has(projection)) {
      const skipped = [...member.skipped];
      await store.setProjectionStatus({ projection, status: 'running', skipped });
      notedBlocked.delete(projection);
    }
    if (member.needsAudit) runs.supervise(healSuspect(member));
    if (slot.building !== member) {
      await feed.announce();
      context.waiters.check();
      return;
    }
    const { generation } = member;
    await store.setLiveGeneration({ projection, version, generation });
    if (slot.building !== member) return;
    const old = slot.serving;
    slot.serving = member;
    slot.building = undefined;
    runs.endTurn(member);
    if (old) retire(feed, old);
    await feed.announce();
    logger.info({ projection, version, generation }, 'a new generation answers queries');
    if (generation > 1) {
      void context.journal.record(projection, 'RebuildSwitched', { generation });
    }
    context.waiters.check();
  }

  /** Nobody knows what else was done to its documents, or what it has missed. */
  async function healSuspect(member: Generation): Promise<void> {
    const kind = member.needsAudit;
    for (let tries = 0; member.needsAudit && member.state === 'live'; tries++) {
      if (context.stopping.aborted) return;
      try {
        await auditMember(member, { heal: true });
      } catch (error) {
        const fields = { projection: member.projection.name, error: String(error) };
        logger.warn(fields, 'a suspect read model could not be audited; trying again');
        await clock.sleep(backOffMs(context, tries), context.stopping);
      }
    }
    if (!kind || member.needsAudit) return;
    const key = member.collection.name;
    await context.journal.record(member.projection.name, 'GapHealed', { key, kind });
  }

  async function auditMember(member: Generation, options: AuditOptions): Promise<AuditReport> {
    const whole = options.heal && options.sample === undefined;
    try {
      const report = await audit(context, member, feed, options);
      if (whole && member.state === 'live') member.needsAudit = undefined;
      context.waiters.check();
      return report;
    } catch (error) {
      if (error instanceof CheckpointMovedError) {
        await reportCheckpointConflict(context, member);
        feed.leave(member);
      }
      throw error;
    }
  }

  function resting(member: Generation): void {
    runs.endTurn(member);
    context.waiters.check();
  }

  async function blocked(member: Generation): Promise<void> {
    const projection = member.projection.name;
    const { eventId = '', reason = '' } = member.blocked ?? {};
    const skipped = [...member.skipped];
    notedBlocked.add(projection);
    runs.endTurn(member);
    // An order to rest that is given meanwhile is noted after it.
    await context.writing
      .run(async () => {
        if (member.paused) return;
        await store.setProjectionStatus({
          projection,
          status: 'blocked',
          eventId,
          reason,
          skipped,
        });
      })
      .catch((error: unknown) => {
        logger.error({ projection, error: String(error) }, 'could not note what is blocked');
      });
    await context.journal.record(projection, 'ProjectionBlocked', { eventId, reason });
    context.waiters.check();
  }

  async function openAll(): Promise<void> {
    try {
      await feed.open();
    } catch (error) {
      if (!(error instanceof OtherLogError)) throw error;
      logger.error({}, error.message);
      await feed.restartAtHead();
    }
    for (const projection of projections) {
      const { slot, blocked: wasBlocked } = await openSlot(context, projection);
      if (wasBlocked) notedBlocked.add(projection.name);
      slots.set(projection.name, slot);
    }
    await dropRetired(context, [...slots.values()]);
  }

  async function start(): Promise<void> {
    if (started) return;
    started = true;
    try {
      await openAll();
    } catch (error) {
      started = false;
      slots.clear();
      throw error;
    }
    for (const { serving, building } of slots.values()) {
      if (serving) runs.begin(serving, false);
      if (building) runs.begin(building, serving !== undefined);
    }
    if (projections.length > 0) runs.supervise(feed.run());
  }

  function positionOf(name: string): Position | undefined {
    return slotOf(name).serving?.position;
  }

  return {
    start,
    async stop() {
      stop.abort();
      await runs.allEnded();
    },
    async whenCaughtUp({ timeoutMs }) {
      const head = await log.head();
      const done = () =>
        [...slots.values()].every((slot) => {
          const member = memberOf(slot);
          if (member?.state === 'blocked' || member?.paused) return true;
          if (slot.building || member?.state !== 'live' || member.needsAudit) return false;
          return hasReached(member.position, head);
        });
      return context.waiters.until(done, timeoutMs);
    },
    waitFor: (name, position, timeoutMs) =>
      context.waiters.until(() => hasReached(positionOf(name), position), timeoutMs),
    serving: (name) => slotOf(name).serving?.collection.name,
    report: () =>
      [...slots.values()].flatMap(({ projection, serving, building }) => {
        const member = serving ?? building;
        if (!member) return [];
        const { generation, state, position, lastRecordedAt, blocked } = member;
        return {
          name: projection.name,
          version: projection.version,
          generation,
          state,
          position,
          lastRecordedAt,
          blocked: blocked ?? building?.blocked,
          audited: member.audited,
          building: serving &&
            building && {
              generation: building.generation,
              position: building.position,
              state: runs.isWaiting(building) ? 'waiting' : building.state,
            },
        };
      }),
    ...operator,
    async audit({ projection, ...how }) {
      const wanted = projection ? [slotOf(projection)] : [...slots.values()];
      const reports: AuditReport[] = [];
      for (const { serving } of wanted) {
        if (serving?.state === 'live') reports.push(await auditMember(serving, how));
      }
      return reports;
    },
    rebuild: async (...order) => rebuilds.start(...order),
    cancelRebuild: async (...order) => rebuilds.cancel(...order),
    counts: () => context.journal.counts,
  };
}

export function lagOf(report: ProjectionReport, head: Position): bigint {
  const behind = comparePositions(report.position, head) < 0;
  return behind ? head.commit - report.position.commit : 0n;
}
