/** Named limits of the API. Each protects all other callers from one caller or its bug. */
export interface ApiLimits {
  /** Largest body. One append takes at most 1 MiB of events: a larger command cannot be stored. */
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
  /** Findings about an invalid request that one response lists. */
  readonly violations: number;
  /** Requests in flight, of all shops together. */
  readonly concurrentRequests: number;
  /** Requests without a key in flight: health checks and pages. */
  readonly concurrentPublic: number;
  /** Requests of one shop that read much, such as lists and history, in progress at once. */
  readonly concurrentHeavyPerShop: number;
  /** Requests in flight of one shop. */
  readonly concurrentPerShop: number;
  /** Longest wait of a query for the position that its caller names. */
  readonly positionWaitMs: number;
  /** Longest wait of a health check for a dependency. */
  readonly pingMs: number;
  /** Longest time of a request, after its body has arrived and beside the wait for its turn. */
  readonly deadlineMs: number;
  /** Longest time for the headers of a request to arrive. */
  readonly headersTimeoutMs: number;
  /** Longest time for a whole request, body included, to arrive. */
  readonly requestTimeoutMs: number;
  /** Interval of the search for slow connections. */
  readonly connectionsCheckMs: number;
  /** How long an idle connection stays open; longer than the 60 s of common load balancers. */
  readonly keepAliveMs: number;
  /** Open connections. */
  readonly connections: number;
  /** How long a stop waits for requests in flight. Longer than a command may retry (8 s). */
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
  concurrentHeavyPerShop: 4,
  concurrentPerShop: 500,
  positionWaitMs: 2_000,
  pingMs: 1_000,
  deadlineMs: 30_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  connectionsCheckMs: 2_000,
  keepAliveMs: 65_000,
  connections: 10_000,
  drainMs: 10_000,
};
