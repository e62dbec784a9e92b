/** Named limits of the projection engine. */
export interface ProjectionLimits {
  /** Events in one batch of the feed, so that a batch stays under about 10 ms. */
  readonly feedBatch: number;
  /** Events that a generation reads in one slice of the event loop while it catches up. */
  readonly sliceEvents: number;
  /** Events that a generation folds before it writes while it catches up. */
  readonly commitEvents: number;
  /** Times that a poison event is tried before its projection is blocked. */
  readonly poisonAttempts: number;
  /** Rebuilds at a time beside a serving generation; more of them wait for a rebuild slot. */
  readonly maxConcurrentRebuilds: number;
  readonly retryInitialMs: number;
  readonly retryMaxMs: number;
  /** The feed resubscribes when the log has grown and nothing was delivered for this long. */
  readonly stallTimeoutMs: number;
  /**
   * Pause of the feed after a batch of several events while no caller waits for a position, so
   * that under load more events share one commit. 0: no pause.
   */
  readonly feedBatchDelayMs: number;
  /** Streams whose last revision the feed keeps in memory; more than the streams of one batch. */
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
