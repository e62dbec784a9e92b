import type { Digest } from '../../ports/digest.ts';
import type { PasswordHash } from '../../ports/password-hash.ts';
import type { TokenSigner } from '../../ports/token-signer.ts';

interface Body {
  readonly kid: string;
  readonly audience: string;
  readonly expiresMs: number;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Tokens of a simulated world: signed at once, without the threads of a real library. */
export function createMemoryTokens(digest: Digest): TokenSigner {
  const signatureOf = (body: string, secret: string) => digest.sha256(`${secret}.${body}`);
  const read = (body = '') => JSON.parse(Buffer.from(body, 'base64url').toString()) as Body;
  return {
    async sign(claims, key, { audience, expiresMs }) {
      const parts: Body = { kid: key.id, audience, expiresMs, claims };
      const body = Buffer.from(JSON.stringify(parts)).toString('base64url');
      return `sim.${body}.${signatureOf(body, key.secret)}`;
    },
    keyIdOf(token) {
      try {
        return read(token.split('.')[1]).kid;
      } catch {
        return undefined;
      }
    },
    async verify(token, key, { audience, nowMs }) {
      const [, body = '', signature] = token.split('.');
      if (signature !== signatureOf(body, key.secret)) return 'invalid';
      const parts = read(body);
      if (parts.audience !== audience) return 'invalid';
      return parts.expiresMs <= nowMs ? 'expired' : parts.claims;
    },
  };
}

/** Hashes of a simulated world: quick, and of no use against a thief. */
export function createMemoryPasswords(digest: Digest): PasswordHash {
  const hash = async (secret: string) => `memory$${digest.sha256(secret)}`;
  return {
    hash,
    verify: async (secret, stored) => (await hash(secret)) === stored,
    isOutdated: () => false,
    decoy: () => hash('decoy'),
  };
}
