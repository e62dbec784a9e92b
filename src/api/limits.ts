/**
 * Named limits of the API. Each keeps one caller, or one bug of a caller, from hurting the rest.
 */
export interface ApiLimits {
  /**
   * Largest body. One append takes at most 1 MiB of events, so a larger command could not be
   * stored.
   */
  readonly bodyBytes: number;
  /** Bodies that are held at once, of all shops together; half of it for one shop. */
  readonly heldBodyBytes: number;
  /** Responses that wait for their callers to read them, of all connections together. */
  readonly unreadBytes: number;
  /** The same of one connection. */
  readonly unreadBytesPerConnection: number;
  /** Requests of one connection whose responses have not been sent. */
  readonly pipelined: number;
  /** Longest time for a caller to read a response. */
  readonly sendTimeoutMs: number;
  /** Deepest nesting of a body. */
  readonly bodyDepth: number;
  /** Findings that one answer lists about an invalid request. */
  readonly violations: number;
  /** Requests that are being carried out at once, of all stores together. */
  readonly concurrentRequests: number;
  /** Requests without a key that are carried out at once: health checks and pages. */
  readonly concurrentPublic: number;
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
  heldBodyBytes: 64 * 1_048_576,
  unreadBytes: 32 * 1_048_576,
  unreadBytesPerConnection: 4 * 1_048_576,
  pipelined: 32,
  sendTimeoutMs: 60_000,
  bodyDepth: 32,
  violations: 20,
  concurrentRequests: 1_000,
  concurrentPublic: 100,
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
