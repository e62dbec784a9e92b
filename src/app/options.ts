import type { Feature } from '../features/feature.ts';
import type { Calendar } from '../ports/calendar.ts';
import type { Clock } from '../ports/clock.ts';
import type { Dependency } from '../api/health/dependency.ts';
import type { Digest } from '../ports/digest.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Ids } from '../ports/ids.ts';
import type { Leases } from '../ports/lease.ts';
import type { Logger } from '../ports/logger.ts';
import type { RateLimit } from '../ports/rate-limit.ts';
import type { CheckpointStore, ReadStore } from '../ports/read-store.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import type { Shop } from '../domain/kernel/shop.ts';
import type { ProjectionEngine } from '../engine/projections/projection-engine.ts';
import type { ProjectionLimits } from '../engine/projections/limits.ts';

/** Everything outside the system. The simulation hands in its own. */
export interface Ports {
  readonly log: EventLog;
  readonly readStore: ReadStore;
  readonly snapshots: SnapshotStore;
  /** Where processes keep how far they have come; the read store when absent. */
  readonly processStore?: CheckpointStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly calendar: Calendar;
  readonly logger: Logger;
  /** How often each shop may ask; without it only how much it asks at once is bounded. */
  readonly rateLimit?: RateLimit;
}

/** What an instance does where several run on the same storage. */
export type InstanceRole = 'api' | 'worker' | 'all';

/** How several processes on the same stores share what only one of them may do at a time. */
export interface Sharing {
  readonly leases: Leases;
  /** Names this process among them. */
  readonly holder: string;
  readonly leaseMs: number;
  readonly role: InstanceRole;
}

export interface AppOptions {
  readonly ports: Ports;
  readonly features: readonly Feature[];
  readonly shops: readonly Shop[];
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
