import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';

import type { SigningKey, TokenSigner } from '../../ports/token-signer.ts';

const ALGORITHM = 'HS256';
const ISSUER = 'tillstream';

/** Tokens by jose. The algorithm is pinned: what a token says about it decides nothing. */
export const systemTokens: TokenSigner = {
  sign(claims, key, { audience, issuedMs, expiresMs }) {
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: key.id })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setIssuedAt(seconds(issuedMs))
      .setExpirationTime(seconds(expiresMs))
      .sign(bytesOf(key));
  },
  keyIdOf(token) {
    try {
      const { alg, kid } = decodeProtectedHeader(token);
      return alg === ALGORITHM && typeof kid === 'string' ? kid : undefined;
    } catch {
      return undefined;
    }
  },
  async verify(token, key, { audience, nowMs }) {
    try {
      const { payload } = await jwtVerify(token, bytesOf(key), {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience,
        currentDate: new Date(nowMs),
        requiredClaims: ['exp', 'iat'],
      });
      return payload;
    } catch (error) {
      return error instanceof errors.JWTExpired ? 'expired' : 'invalid';
    }
  },
};

const seconds = (ms: number): number => Math.floor(ms / 1_000);

function bytesOf({ secret }: SigningKey): Uint8Array {
  return Buffer.from(secret, 'hex');
}
