/**
 * Named limits of the API. Each keeps one caller, or one bug of a caller, from hurting the rest.
 */
export interface ApiLimits {
  /**
   * Largest body. One append takes at most 1 MiB of events, so a larger command could not be
   * stored.
   */
  readonly bodyBytes: number;
  /** Deepest nesting of a body. */
  readonly bodyDepth: number;
  /** Findings that one answer lists about an invalid request. */
  readonly violations: number;
  /** Requests that are being carried out at once, of all stores together. */
  readonly concurrentRequests: number;
  /** Requests of one store that are being carried out at once. */
  readonly concurrentPerShop: number;
  /** Longest wait of a query for the position that its caller has seen. */
  readonly positionWaitMs: number;
  /** Longest wait of a health check for a store to answer. */
  readonly pingMs: number;
  /** Longest time for the header of a request to arrive. */
  readonly headersTimeoutMs: number;
  /** Longest time for a whole request, body included, to arrive. */
  readonly requestTimeoutMs: number;
  /** How often slow connections are looked for. */
  readonly connectionsCheckMs: number;
  /** How long an idle connection is kept; longer than the minute of common load balancers. */
  readonly keepAliveMs: number;
  /** Open connections. */
  readonly connections: number;
  /** How long a stop waits for requests in flight. Longer than a command may try (8 s). */
  readonly drainMs: number;
}

export const API_LIMITS: ApiLimits = {
  bodyBytes: 1_048_576,
  bodyDepth: 32,
  violations: 20,
  concurrentRequests: 1_000,
  concurrentPerShop: 500,
  positionWaitMs: 2_000,
  pingMs: 1_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  connectionsCheckMs: 2_000,
  keepAliveMs: 65_000,
  connections: 10_000,
  drainMs: 10_000,
};
