import { TillstreamError } from '../../domain/kernel/errors.ts';
import type { IdentityOptions } from './options.ts';
import type { ShopSecrets } from './shop-secrets.ts';

const AUDIENCES = { access: 'tillstream-access', refresh: 'tillstream-refresh' } as const;
const ACCESS_MS = 900_000;
export const DEVICE_SESSION_MS = 3_600_000;
export const REFRESH_MS = 7 * 86_400_000;

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInS: number;
}

/** A session at a device has no refresh token: the PIN is entered again. */
export interface DeviceTokens {
  readonly accessToken: string;
  readonly expiresInS: number;
}

/** What a valid token says. */
export interface SessionClaims {
  readonly storeId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly expiresMs: number;
}

/** The tokens of sessions, signed with the key of their shop. */
export interface SessionTokens {
  issue(session: Omit<SessionClaims, 'expiresMs'>): Promise<Tokens>;
  /** The only token of a session at a device. */
  issueAtDevice(session: Omit<SessionClaims, 'expiresMs'>): Promise<DeviceTokens>;
  /** @throws TillstreamError invalid_token, token_expired. */
  verify(token: string, kind: 'access' | 'refresh'): Promise<SessionClaims>;
}

type Options = Pick<IdentityOptions, 'clock' | 'ids' | 'tokens'>;

export function createSessionTokens(options: Options, secrets: ShopSecrets): SessionTokens {
  const { clock, ids, tokens } = options;

  async function sign(
    { storeId, sessionId, userId }: Omit<SessionClaims, 'expiresMs'>,
    kind: 'access' | 'refresh',
    validMs: number,
  ): Promise<string> {
    const key = await secrets.signingKey(storeId);
    const issuedMs = clock.now();
    const claims = { store: storeId, sid: sessionId, sub: userId, jti: ids.uuid() };
    const times = { issuedMs, expiresMs: issuedMs + validMs };
    return tokens.sign(claims, key, { audience: AUDIENCES[kind], ...times });
  }

  return {
    async issue(session) {
      const accessToken = await sign(session, 'access', ACCESS_MS);
      const refreshToken = await sign(session, 'refresh', REFRESH_MS);
      return { accessToken, refreshToken, expiresInS: ACCESS_MS / 1_000 };
    },
    async issueAtDevice(session) {
      const accessToken = await sign(session, 'access', DEVICE_SESSION_MS);
      return { accessToken, expiresInS: DEVICE_SESSION_MS / 1_000 };
    },
    async verify(token, kind) {
      const keyId = tokens.keyIdOf(token);
      const found = keyId === undefined ? undefined : await secrets.findKey(keyId);
      if (!found) throw invalidToken();
      const expected = { audience: AUDIENCES[kind], nowMs: clock.now() };
      const claims = await tokens.verify(token, found.key, expected);
      if (claims === 'invalid') throw invalidToken();
      if (claims === 'expired') throw new TillstreamError('token_expired', 'the token has expired');
      const { store, sid, sub, exp } = claims;
      const isOfShop = store === found.storeId;
      if (!isOfShop || typeof sid !== 'string' || typeof sub !== 'string') throw invalidToken();
      const expiresMs = typeof exp === 'number' ? exp * 1_000 : clock.now();
      return { storeId: found.storeId, sessionId: sid, userId: sub, expiresMs };
    },
  };
}

export function invalidToken(): TillstreamError {
  return new TillstreamError('invalid_token', 'expected a valid token of this server', {
    given: true,
  });
}
