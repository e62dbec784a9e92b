/** Where the events of one hour (UTC) of a shop are in the log. */
export interface EventHour {
  /** `YYYY-MM-DDTHH`, of when they were recorded. */
  readonly hour: string;
  readonly firstPosition: string;
  readonly lastPosition: string;
  readonly count: number;
}
