/** The calls of one hour in UTC. */
export interface HourOfCalls {
  readonly calls: number;
  readonly failed: number;
  readonly totalMs: number;
}

/** The calls of a shop to one provider on one day in UTC. */
export interface ProviderUsage extends HourOfCalls {
  readonly provider: string;
  readonly day: string;
  readonly reads: number;
  readonly bytes: number;
  readonly lastSuccessAt?: string;
  readonly lastFailureAt?: string;
  /** By the hour of the day; an hour without calls is absent. */
  readonly hours: Readonly<Record<string, HourOfCalls>>;
}
