/** A lease that is held now. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Fencing token: increments by one with each change of the holder, and never decreases. */
  readonly token: number;
  /** Remaining time, by the clock of the lease storage. */
  readonly expiresInMs: number;
}

/**
 * Keeps two instances from doing the same work concurrently. Correctness does not depend on it: a
 * holder that was paused may continue for a moment, and its writes are then refused by its token.
 */
export interface Leases {
  /**
   * Acquires a lease that is free or expired, or renews the one that `holder` has.
   * @returns undefined while another holder has it.
   */
  acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined>;
  /** Releases a lease. Does nothing when `holder` does not have it. */
  release(name: string, holder: string): Promise<void>;
  /** Leases that are held now, ordered by name. */
  held(): Promise<readonly Lease[]>;
}
