/** A text that was encrypted with AES-256-GCM; each part in lower-case hex. */
export interface SealedText {
  readonly iv: string;
  readonly tag: string;
  readonly ciphertext: string;
}

/** Encryption for code that must not import it from Node. Keys have 32 bytes. */
export interface Cipher {
  /** A new random key. */
  newKey(): Uint8Array;
  /** Encrypts under a random iv. `additional` is not stored, and is needed to open the text. */
  seal(key: Uint8Array, text: string, additional: string): SealedText;
  /** The text; undefined with another key or other additional data, or when it was changed. */
  open(key: Uint8Array, sealed: SealedText, additional: string): string | undefined;
  /** HMAC-SHA256 of the UTF-8 text, lower-case hex. */
  mac(key: Uint8Array, text: string): string;
}
