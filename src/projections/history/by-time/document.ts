/** The positions in the log of a shop's events of one hour (UTC). */
export interface EventHour {
  /** The hour in which they were recorded, `YYYY-MM-DDTHH`. */
  readonly hour: string;
  readonly firstPosition: string;
  readonly lastPosition: string;
  readonly count: number;
}
