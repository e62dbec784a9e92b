/** The calendars of the shops: a time zone and an hour at which the business day begins. */
export interface Calendar {
  /** `YYYY-MM-DD` of the store's business day at that moment. */
  businessDay(storeId: string, nowMs: number): string;
}
