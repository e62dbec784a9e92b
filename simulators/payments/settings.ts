/** How the simulated provider behaves. All can be changed while it runs: `PUT /control`. */
export interface PaymentSettings {
  /** Seed of all that is random; setting it starts the course again. */
  readonly seed: number;
  /** Shares of the charges; the rest succeeds. */
  readonly temporaryRate: number;
  readonly permanentRate: number;
  readonly minLatencyMs: number;
  readonly maxLatencyMs: number;
  /** Above this amount a charge is refused as fraud. */
  readonly fraudAboveMinor: number;
  /** Share of charges that are accepted now and confirmed after `confirmAfterMs`. */
  readonly asynchronousRate: number;
  readonly confirmAfterMs: number;
  /** Share of charges that are made, and whose response is then never sent. */
  readonly lostResponseRate: number;
  /** Requests per second before 429; 0: no limit. */
  readonly requestsPerSecond: number;
  /** Where, ending with the shop, and how often a notice of each confirmed payment is sent. */
  readonly noticeUrl: string;
  readonly notices: 'never' | 'once' | 'twice';
  readonly noticeSecret: string;
}

export const DEFAULT_SETTINGS: PaymentSettings = {
  seed: 1,
  temporaryRate: 0.15,
  permanentRate: 0.05,
  minLatencyMs: 100,
  maxLatencyMs: 2_000,
  fraudAboveMinor: 100_000,
  asynchronousRate: 0,
  confirmAfterMs: 3_000,
  lostResponseRate: 0,
  requestsPerSecond: 0,
  noticeUrl: '',
  notices: 'never',
  noticeSecret: 'simulated-secret',
};

/** Settings that always succeed at once, for tests. */
export const CALM: Partial<PaymentSettings> = {
  temporaryRate: 0,
  permanentRate: 0,
  minLatencyMs: 0,
  maxLatencyMs: 0,
};
