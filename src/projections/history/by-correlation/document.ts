/** One event of a correlation: its position in the log, and its cause. */
export interface CorrelatedEvent {
  readonly position: string;
  readonly eventId: string;
  readonly causationId: string;
}

/** All events caused by one request, in the order of the log. */
export interface Correlation {
  readonly correlationId: string;
  /** The first events, at most MAX_LISTED. */
  readonly events: readonly CorrelatedEvent[];
  /** Number of all events of the correlation. */
  readonly count: number;
}
