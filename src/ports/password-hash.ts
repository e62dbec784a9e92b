/** Hashes of passwords and PINs that resist theft: slow on purpose, and off the main loop. */
export interface PasswordHash {
  /** With a random salt. @throws TillstreamError overloaded while too many wait for their turn. */
  hash(secret: string): Promise<string>;
  /** Whether the hash is of that text. @throws TillstreamError overloaded. */
  verify(secret: string, hash: string): Promise<boolean>;
  /** Whether the hash was made by an older method, so that the next sign-in replaces it. */
  isOutdated(hash: string): boolean;
  /** A hash of a random text. Verifying it costs as much as verifying a real one. */
  decoy(): Promise<string>;
}
