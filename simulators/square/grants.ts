import { createHash } from 'node:crypto';

import type { SimReply } from '../shared/server.ts';
import { failed } from './errors.ts';

const ACCESS_MS = 30 * 86_400_000;
const SHORT_ACCESS_MS = 86_400_000;
const CODE_MS = 5 * 60_000;

export interface Consent {
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  /** S256 of a verifier; with it refresh tokens serve once. */
  readonly challenge?: string;
}

interface Code extends Consent {
  readonly expiresAtMs: number;
}

interface Token {
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
  readonly state: 'valid' | 'revoked';
}

interface Refresh {
  readonly scopes: readonly string[];
  readonly rotates: boolean;
}

export interface GrantOptions {
  readonly merchantId: string;
  readonly accessToken: string;
  readonly now: () => number;
}

/** Codes, access tokens and refresh tokens of one seller. */
export function createGrants({ accessToken, merchantId, now }: GrantOptions) {
  const codes = new Map<string, Code>();
  const tokens = new Map<string, Token>();
  const refreshes = new Map<string, Refresh>();
  let count = 0;
  const secret = (kind: string) => {
    count += 1;
    const text = `${merchantId} ${kind} ${count} ${now()}`;
    return `${kind}${createHash('sha256').update(text).digest('hex')}`;
  };

  function issue(refresh: Refresh, isShort: boolean, kept?: string) {
    const access = secret('EAAA');
    const lifeMs = isShort ? SHORT_ACCESS_MS : ACCESS_MS;
    const expiresAtMs = now() + lifeMs;
    tokens.set(access, { scopes: refresh.scopes, expiresAtMs, state: 'valid' });
    const refreshToken = kept ?? secret('EQAA');
    refreshes.set(refreshToken, refresh);
    return { access, refreshToken, expiresAtMs };
  }

  return {
    consent(consent: Consent): string {
      const code = secret('sq0cgp-');
      codes.set(code, { ...consent, expiresAtMs: now() + CODE_MS });
      return code;
    },
    /** A code serves once, also when the rest of the request is wrong. */
    byCode(
      code: string,
      redirectUri: string | undefined,
      verifier: string | undefined,
      isShort: boolean,
    ) {
      const found = codes.get(code);
      codes.delete(code);
      if (!found || now() >= found.expiresAtMs) return undefined;
      if (redirectUri !== undefined && redirectUri !== found.redirectUri) return undefined;
      if (found.challenge !== challengeOf(verifier)) return undefined;
      return issue({ scopes: found.scopes, rotates: found.challenge !== undefined }, isShort);
    },
    byRefresh(refreshToken: string, isShort: boolean) {
      const found = refreshes.get(refreshToken);
      if (!found) return undefined;
      if (!found.rotates) return issue(found, isShort, refreshToken);
      refreshes.delete(refreshToken);
      return issue(found, isShort);
    },
    revoke(): void {
      for (const [value, token] of tokens) tokens.set(value, { ...token, state: 'revoked' });
      refreshes.clear();
    },
    expire(): void {
      for (const [value, token] of tokens) tokens.set(value, { ...token, expiresAtMs: now() });
    },
    find: (access: string) => tokens.get(access),
    report: () => ({ accessTokens: tokens.size, refreshTokens: refreshes.size }),
    /** Undefined: the token may do it. */
    refusal(authorization: string | undefined, scopes: readonly string[]): SimReply | undefined {
      const access = authorization?.replace(/^Bearer /, '') ?? '';
      if (access === accessToken) return undefined;
      const token = tokens.get(access);
      if (!token) return failed(401, { detail: 'This request could not be authorized.' });
      if (token.state === 'revoked') return failed(401, { code: 'ACCESS_TOKEN_REVOKED' });
      if (now() >= token.expiresAtMs) return failed(401, { code: 'ACCESS_TOKEN_EXPIRED' });
      return scopes.every((scope) => token.scopes.includes(scope)) ? undefined : failed(403);
    },
  };
}

export type Grants = ReturnType<typeof createGrants>;

const challengeOf = (verifier: string | undefined) =>
  verifier === undefined ? undefined : createHash('sha256').update(verifier).digest('base64url');
