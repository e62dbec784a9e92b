import type { EventTypes } from '../../domain/kernel/event-types.ts';
import type { Mutex } from '../../lib/mutex.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import type { FencedStore } from '../leases/fenced-store.ts';
import type { SharedPages } from '../shared-pages.ts';
import type { EngineEvents } from './engine-events.ts';
import type { ProjectionLimits } from './limits.ts';
import type { Waiters } from './waiters.ts';

/** What the parts of one projection engine share. */
export interface EngineContext {
  readonly log: EventLog;
  /** The read store under this engine's lease: a call under an older lease stops the engine. */
  readonly store: FencedStore;
  readonly types: EventTypes;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly limits: ProjectionLimits;
  /** The log for generations that catch up side by side. */
  readonly pages: SharedPages;
  readonly waiters: Waiters;
  /** Whether a caller waits for a position, at this engine or in another thread. */
  readonly hasWaiters: () => boolean;
  readonly engineEvents: EngineEvents;
  /** The write lock: held while documents of live generations change (batch, repair, join). */
  readonly writing: Mutex;
  readonly stopping: AbortSignal;
  /** Wakes each generation that sleeps; the stop wakes them all. */
  readonly sleepers: Set<() => void>;
  /** Name of this engine's feed: several engines over one read store have one each. */
  readonly feedName: string;
  /** Other engines, each under a lease, keep collections in the same read store. */
  readonly sharesStore: boolean;
}
