export interface Ids {
  /** A new random UUID (version 4, lower case). */
  uuid(): string;
  /** A number in [0, 1), for jitter only. */
  random(): number;
}
