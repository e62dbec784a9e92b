/** The business days of the shops, by their time zones and the hours at which their days start. */
export interface Calendar {
  /** The business day of the shop at that moment, as `YYYY-MM-DD`. */
  businessDay(storeId: string, nowMs: number): string;
}
