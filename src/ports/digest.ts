/** Hashing for code that must not import it from Node. */
export interface Digest {
  /** SHA-256 of bytes, or of a text as UTF-8, lower-case hex. */
  sha256(content: string | Uint8Array): string;
  /** HMAC-SHA-256 of the UTF-8 text, lower-case hex. */
  hmacSha256(secret: string, text: string): string;
}
