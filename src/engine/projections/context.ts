import type { EventTypes } from '../../domain/kernel/event-types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Mutex } from '../../lib/mutex.ts';
import type { FencedStore } from '../leases/fenced-store.ts';
import type { EngineEvents } from './engine-events.ts';
import type { Waiters } from './waiters.ts';

/** Named limits of the projection engine. */
export interface ProjectionLimits {
  /** Events that the feed takes in one batch, so that a batch stays under about 10 ms. */
  readonly feedBatch: number;
  /** Events that a projection on its own reads in one slice of the event loop. */
  readonly sliceEvents: number;
  /** Events that a projection on its own folds before it writes. */
  readonly commitEvents: number;
  /** Times that a poison event is tried before its projection is blocked. */
  readonly poisonAttempts: number;
  /** Rebuilds beside a generation that answers; more of them wait for their turn. */
  readonly maxConcurrentRebuilds: number;
  readonly retryInitialMs: number;
  readonly retryMaxMs: number;
  /** The feed subscribes again when the log has grown and nothing came for this long. */
  readonly stallTimeoutMs: number;
  /**
   * How long the feed rests after a batch of several events while nobody waits for a position, so
   * that under load more of them share one commit. 0: not at all.
   */
  readonly feedBatchDelayMs: number;
  /** Streams whose last revision the feed keeps at hand; above the streams of one batch. */
  readonly cachedRevisions: number;
}

export const PROJECTION_LIMITS: ProjectionLimits = {
  feedBatch: 200,
  sliceEvents: 1_000,
  commitEvents: 10_000,
  poisonAttempts: 3,
  maxConcurrentRebuilds: 2,
  retryInitialMs: 50,
  retryMaxMs: 10_000,
  stallTimeoutMs: 5_000,
  feedBatchDelayMs: 0,
  cachedRevisions: 100_000,
};

/** What the parts of the projection engine share. */
export interface EngineContext {
  readonly log: EventLog;
  /** The read store under this engine's lease: a call under an older lease stops the engine. */
  readonly store: FencedStore;
  readonly types: EventTypes;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly limits: ProjectionLimits;
  readonly waiters: Waiters;
  /** Somebody waits for a position, here or at another part of the system. */
  readonly hasWaiters: () => boolean;
  readonly journal: EngineEvents;
  /** Held while documents of live projections change: a batch of the feed, a heal, a join. */
  readonly writing: Mutex;
  readonly stopping: AbortSignal;
  /** What wakes each member that rests; the stop wakes them all. */
  readonly sleepers: Set<() => void>;
  /** Name of this engine's feed: several engines over one read store have one each. */
  readonly feedName: string;
  /** Other engines, each under a lease, keep collections in the same read store. */
  readonly sharesStore: boolean;
}
