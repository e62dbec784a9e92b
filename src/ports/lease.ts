/** A lease that its holder has now. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Fencing token: grows by one each time that the holder changes, and never goes back. */
  readonly token: number;
  /** How long it still holds, by the clock of whoever keeps the leases. */
  readonly expiresInMs: number;
}

/**
 * Keeps work from being done by two processes at once. It is not what makes the work right: a
 * holder that was stopped for a while may go on for a moment, and is then refused by its token.
 */
export interface Leases {
  /**
   * Takes a lease that is free or has expired, or renews the one that `holder` has.
   * @returns undefined while somebody else has it.
   */
  acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined>;
  /** Gives a lease back. Nothing happens when `holder` does not have it. */
  release(name: string, holder: string): Promise<void>;
  /** Leases that somebody has now, in the order of their names. */
  held(): Promise<readonly Lease[]>;
}
