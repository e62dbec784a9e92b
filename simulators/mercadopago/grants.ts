import { createHash } from 'node:crypto';

import { fieldsOf, textOf } from '../shared/fields.ts';
import type { SimReply, SimRequest } from '../shared/server.ts';

/** 180 days. */
const ACCESS_S = 15_552_000;
const CODE_MS = 10 * 60_000;

export interface GrantOptions {
  readonly collectorId: number;
  readonly clientId: string;
  readonly clientSecret: string;
  /** A token that never expires. */
  readonly accessToken: string;
  readonly now: () => number;
}

interface Code {
  readonly redirectUri: string;
  readonly challenge?: string;
  readonly expiresAtMs: number;
}

const refused = (error: string, message: string, status = 400): SimReply => ({
  status,
  body: { message, error, status, cause: [] },
});
const INVALID_GRANT = refused('invalid_grant', 'code or refresh token is invalid or expired');
const INVALID_CLIENT = refused('invalid_client', 'invalid client_id or client_secret');

/** Access tokens, and refresh tokens of which each serves once. */
function createTokens({ accessToken, collectorId, now }: GrantOptions) {
  const access = new Map<string, number>();
  const refreshes = new Set<string>();
  let [count, refreshed, reused] = [0, 0, 0];
  const secret = (kind: string) => {
    count += 1;
    const digest = createHash('sha256').update(`${collectorId} ${kind} ${count} ${now()}`);
    return `${kind}-${digest.digest('hex').slice(0, 32)}-${collectorId}`;
  };

  function issue(isTest: boolean): SimReply {
    const [token, refresh] = [secret(isTest ? 'TEST' : 'APP_USR'), secret('TG')];
    access.set(token, now() + ACCESS_S * 1_000);
    refreshes.add(refresh);
    return {
      status: 200,
      body: {
        ...{ access_token: token, token_type: 'bearer', expires_in: ACCESS_S },
        ...{ scope: 'read write offline_access', user_id: collectorId, refresh_token: refresh },
        ...{ public_key: secret('APP_USR'), live_mode: !isTest },
      },
    };
  }

  return {
    ...{ secret, issue },
    byRefresh(refreshToken: string): SimReply {
      if (!refreshes.delete(refreshToken)) {
        reused += 1;
        return INVALID_GRANT;
      }
      refreshed += 1;
      return issue(false);
    },
    isAllowed(authorization: string | undefined): boolean {
      const token = authorization?.replace(/^Bearer /, '') ?? '';
      return token === accessToken || now() < (access.get(token) ?? 0);
    },
    /** The seller ends the authorization in the account. */
    revoke(): void {
      access.clear();
      refreshes.clear();
    },
    expire(): void {
      for (const token of access.keys()) access.set(token, now());
    },
    /** `reused`: refreshes with a token that was used before, or never given. */
    report: () => ({
      ...{ accessTokens: access.size, refreshTokens: refreshes.size, refreshed, reused },
    }),
  };
}

/** Codes and tokens of one seller. A refresh gives another refresh token, and the used one dies. */
export function createGrants(options: GrantOptions) {
  const { clientId, clientSecret, now } = options;
  const codes = new Map<string, Code>();
  const tokens = createTokens(options);

  /** A code serves once, also when the rest of the request is wrong. */
  function byCode(fields: Readonly<Record<string, unknown>>): SimReply {
    const code = textOf(fields['code']) ?? '';
    const found = codes.get(code);
    codes.delete(code);
    const isValid =
      found !== undefined &&
      now() < found.expiresAtMs &&
      fields['redirect_uri'] === found.redirectUri &&
      challengeOf(textOf(fields['code_verifier'])) === found.challenge;
    return isValid ? tokens.issue(String(fields['test_token']) === 'true') : INVALID_GRANT;
  }

  return {
    ...tokens,
    /** The page on which a seller agrees. */
    authorize({ query }: SimRequest, isDenied: boolean): SimReply {
      const redirectUri = query.get('redirect_uri') ?? '';
      if (query.get('client_id') !== clientId || !URL.canParse(redirectUri)) return INVALID_CLIENT;
      const back = new URL(redirectUri);
      back.searchParams.set('state', query.get('state') ?? '');
      if (isDenied) {
        back.searchParams.set('error', 'access_denied');
        return { status: 302, body: {}, headers: { location: back.href } };
      }
      const code = tokens.secret('TG');
      const challenge = query.get('code_challenge');
      const expiresAtMs = now() + CODE_MS;
      codes.set(code, { redirectUri, expiresAtMs, ...(challenge !== null && { challenge }) });
      back.searchParams.set('code', code);
      return { status: 302, body: {}, headers: { location: back.href } };
    },
    /** `POST /oauth/token`. */
    obtain({ body }: SimRequest): SimReply {
      const fields = fieldsOf(body);
      const isKnown = fields['client_id'] === clientId && fields['client_secret'] === clientSecret;
      if (!isKnown) return INVALID_CLIENT;
      if (fields['grant_type'] === 'authorization_code') return byCode(fields);
      if (fields['grant_type'] === 'refresh_token') {
        return tokens.byRefresh(textOf(fields['refresh_token']) ?? '');
      }
      return refused('unsupported_grant_type', 'grant_type is not supported');
    },
  };
}

export type Grants = ReturnType<typeof createGrants>;

const challengeOf = (verifier: string | undefined) =>
  verifier === undefined ? undefined : createHash('sha256').update(verifier).digest('base64url');
