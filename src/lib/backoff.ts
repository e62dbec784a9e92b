export interface Backoff {
  /** The pause before the first retry (attempt 0), before jitter. */
  readonly initialMs: number;
  /** No pause grows beyond this, before jitter. */
  readonly maxMs: number;
  /**
   * The share of the pause that is taken, from and up to, picked at random: `[0.5, 1]` shortens it
   * by up to half, so that callers that failed together do not retry together.
   */
  readonly jitter: readonly [from: number, below: number];
}

/** Exponential backoff with jitter, in ms. `random` is in [0, 1), `attempt` counts from 0. */
export function backoffMs(
  { initialMs, maxMs, jitter: [from, below] }: Backoff,
  attempt: number,
  random: number,
): number {
  return Math.min(initialMs * 2 ** attempt, maxMs) * (from + random * (below - from));
}
