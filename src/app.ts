import type { Services } from './api/services.ts';
import { createCommandEngine } from './commands/engine/command-engine.ts';
import { createSnapshots } from './commands/engine/snapshots.ts';
import { createStateCache } from './commands/engine/state-cache.ts';
import { eventTypesOf } from './features/event-types.ts';
import type { Feature } from './features/feature.ts';
import type { Calendar } from './ports/calendar.ts';
import type { Clock } from './ports/clock.ts';
import type { Digest } from './ports/digest.ts';
import type { EventLog } from './ports/event-log.ts';
import type { Ids } from './ports/ids.ts';
import type { Logger } from './ports/logger.ts';
import type { ReadStore } from './ports/read-store.ts';
import type { SnapshotStore } from './ports/snapshot-store.ts';
import type { Store } from './ports/stores.ts';
import type { Leases } from './ports/lease.ts';
import type { Dependency } from './ports/dependency.ts';
import type { RateLimit } from './ports/rate-limit.ts';
import { createWork } from './app-work.ts';
import type { ProcessEngine } from './processes/engine/process-engine.ts';
import type { ProjectionEngine } from './projections/engine/projection-engine.ts';
import type { ProjectionLimits } from './projections/engine/types.ts';

/** Everything outside the system. The simulation hands in its own. */
export interface Ports {
  readonly log: EventLog;
  readonly readStore: ReadStore;
  readonly snapshots: SnapshotStore;
  /** Where processes keep how far they have come; the read store when absent. */
  readonly processStore?: Pick<ReadStore, 'checkpoint' | 'claimCheckpoint' | 'commit'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly calendar: Calendar;
  readonly logger: Logger;
  /** How often each shop may ask; without it only how much it asks at once is bounded. */
  readonly rateLimit?: RateLimit;
}

/** What a process does where several run on the same stores. */
export type ProcessRole = 'api' | 'worker' | 'all';

/** How several processes on the same stores share what only one of them may do at a time. */
export interface Sharing {
  readonly leases: Leases;
  /** Names this process among them. */
  readonly holder: string;
  readonly leaseMs: number;
  readonly role: ProcessRole;
}

export interface AppOptions {
  readonly ports: Ports;
  readonly features: readonly Feature[];
  readonly stores: readonly Store[];
  /** Pause between two background audits of the documents against the log; 0: there are none. */
  readonly auditEveryMs: number;
  /** Percent of the time that a background audit works; it rests in between. Default 100. */
  readonly auditPercent?: number;
  readonly projectionLimits?: Partial<ProjectionLimits>;
  /** Folded streams that are kept at hand for the next command. */
  readonly cachedStreams?: number;
  /** A stream is snapshotted each time that it has grown by so many events. */
  readonly snapshotEveryEvents?: number;
  /** Keeps the read models when this system does not do so itself, in its own event loop. */
  readonly projections?: ProjectionEngine;
  /** Set where other processes run on the same stores. */
  readonly sharing?: Sharing;
  /** What is shown of the servers it runs on; default the log and the read store. */
  readonly dependencies?: readonly Dependency[];
}

export interface App {
  readonly services: Services;
  readonly processes: Pick<ProcessEngine, 'report'>;
  /** Opens checkpoints and sets projections and processes going. */
  start(): Promise<void>;
  /** Stops taking work, lets what runs come to a safe end. The stores stay open. */
  stop(): Promise<void>;
}

/** The running system out of ports and features. It knows no adapter. */
export function createApp(options: AppOptions): App {
  const { ports, features, stores, auditEveryMs, auditPercent = 100 } = options;
  const { log, readStore, snapshots, clock, ids, digest, calendar, logger } = ports;
  const types = eventTypesOf(features);
  const commands = createCommandEngine({
    log,
    clock,
    ids,
    types,
    snapshots: createSnapshots(snapshots, digest, logger, options.snapshotEveryEvents),
    cache: createStateCache(options.cachedStreams),
  });
  const work = createWork({
    ...options,
    types,
    commands,
    processStore: ports.processStore ?? readStore,
  });
  const { projections } = work;
  const stopping = new AbortController();
  let started = false;
  let auditing: Promise<void> = Promise.resolve();

  async function auditForEver(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(auditEveryMs, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        await projections.audit({ heal: true, share: auditPercent / 100 });
      } catch (error) {
        if (stopping.signal.aborted) return;
        logger.warn({ error: String(error) }, 'an audit of the read models did not finish');
      }
    }
  }

  return {
    services: {
      commands,
      projections,
      log,
      types,
      readStore,
      clock,
      ids,
      digest,
      calendar,
      logger,
      stores,
      rateLimit: ports.rateLimit,
      dependencies: options.dependencies ?? [
        { name: 'event-log', kind: 'built in', needed: true, ping: () => log.ping() },
        { name: 'read-store', kind: 'built in', needed: true, ping: () => readStore.ping() },
      ],
      role: options.sharing?.role ?? 'all',
      work: work.held,
      accepting: () => started && !stopping.signal.aborted,
    },
    processes: work.processes,
    async start() {
      if (started) return;
      await work.start();
      if (auditEveryMs > 0) auditing = auditForEver();
      started = true;
    },
    async stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      await Promise.all([work.stop(), auditing]);
    },
  };
}
