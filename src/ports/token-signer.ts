/** A key of one shop that signs tokens. */
export interface SigningKey {
  /** The `kid` of its tokens. */
  readonly id: string;
  /** 32 random bytes as lower-case hex. */
  readonly secret: string;
}

export type TokenClaims = Readonly<Record<string, unknown>>;

/** Signed tokens (JWT, HS256 only) with issuer and audience. */
export interface TokenSigner {
  sign(
    claims: TokenClaims,
    key: SigningKey,
    options: { readonly audience: string; readonly issuedMs: number; readonly expiresMs: number },
  ): Promise<string>;
  /** The key that a token names; undefined for what is no token of this kind. Proves nothing. */
  keyIdOf(token: string): string | undefined;
  /** The claims of a valid token. Signature, algorithm, issuer, audience and time are checked. */
  verify(
    token: string,
    key: SigningKey,
    options: { readonly audience: string; readonly nowMs: number },
  ): Promise<TokenClaims | 'expired' | 'invalid'>;
}
