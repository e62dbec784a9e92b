/** Hashing that domain code may not reach for itself. */
export interface Digest {
  /** SHA-256 of the UTF-8 text, lower-case hex. */
  sha256(text: string): string;
}
