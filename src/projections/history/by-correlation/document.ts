/** One event of a correlation: where it is in the log, and what led to it. */
export interface CorrelatedEvent {
  readonly position: string;
  readonly eventId: string;
  readonly causationId: string;
}

/** What came of one request, in the order of the log. */
export interface Correlation {
  readonly correlationId: string;
  /** The first of them, at most MAX_LISTED. */
  readonly events: readonly CorrelatedEvent[];
  /** How many there are in all. */
  readonly count: number;
}
