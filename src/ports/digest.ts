/** Hashing for code that must not import it from Node. */
export interface Digest {
  /** SHA-256 of the UTF-8 text, lower-case hex. */
  sha256(text: string): string;
  /** HMAC-SHA-256 of the UTF-8 text, lower-case hex. */
  hmacSha256(secret: string, text: string): string;
}
