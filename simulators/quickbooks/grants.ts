import { createHash } from 'node:crypto';

import { textOf } from '../shared/fields.ts';
import type { SimReply, SimRequest } from '../shared/server.ts';

const ACCESS_S = 3_600;
const REFRESH_S = 8_726_400;
const CODE_MS = 10 * 60_000;

export interface GrantOptions {
  readonly realmId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** A token that never expires. */
  readonly accessToken: string;
  readonly now: () => number;
}

/** Codes and tokens of one company. A refresh token serves once: the next one comes with the reply. */
export function createGrants(options: GrantOptions) {
  const { accessToken, clientId, clientSecret, now, realmId } = options;
  const codes = new Map<string, { readonly redirectUri: string; readonly expiresAtMs: number }>();
  const access = new Map<string, number>();
  const refreshes = new Set<string>();
  let count = 0;
  let refreshed = 0;
  const secret = (kind: string) => {
    count += 1;
    const digest = createHash('sha256').update(`${realmId} ${kind} ${count} ${now()}`);
    return `${kind}${digest.digest('hex')}`;
  };

  function issue(): SimReply {
    const [token, refresh] = [secret('eyJ'), secret('RT1-')];
    access.set(token, now() + ACCESS_S * 1_000);
    refreshes.add(refresh);
    return {
      status: 200,
      body: {
        ...{ token_type: 'bearer', access_token: token, expires_in: ACCESS_S },
        ...{ refresh_token: refresh, x_refresh_token_expires_in: REFRESH_S },
      },
    };
  }

  function byCode(form: URLSearchParams): SimReply {
    const code = form.get('code') ?? '';
    const found = codes.get(code);
    codes.delete(code);
    const isValid =
      found && now() < found.expiresAtMs && form.get('redirect_uri') === found.redirectUri;
    return isValid ? issue() : INVALID;
  }

  return {
    clientId,
    consent(redirectUri: string): { readonly code: string; readonly realmId: string } {
      const code = secret('AB');
      codes.set(code, { redirectUri, expiresAtMs: now() + CODE_MS });
      return { code, realmId };
    },
    /** `POST /oauth2/v1/tokens/bearer`, as a form. */
    token({ header, text }: SimRequest): SimReply {
      const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
      if (header('authorization') !== `Basic ${basic}`) {
        return { status: 401, body: { error: 'invalid_client' } };
      }
      const form = new URLSearchParams(text);
      if (form.get('grant_type') === 'authorization_code') return byCode(form);
      if (!refreshes.delete(form.get('refresh_token') ?? '')) return INVALID;
      refreshed += 1;
      return issue();
    },
    has: (token: string) => refreshes.has(token) || access.has(token),
    end(): void {
      refreshes.clear();
      access.clear();
    },
    expire(): void {
      for (const token of access.keys()) access.set(token, now());
    },
    isValid(authorization: string | undefined): boolean {
      const token = authorization?.replace(/^Bearer /, '') ?? '';
      return token === accessToken || (access.get(token) ?? 0) > now();
    },
    report: () => ({ accessTokens: access.size, refreshTokens: refreshes.size, refreshed }),
  };
}

const INVALID: SimReply = { status: 400, body: { error: 'invalid_grant' } };

export type Grants = ReturnType<typeof createGrants>;

/** The page on which a company agrees, at once, or denies. */
export function authorize(grants: Grants, { query }: SimRequest, isDenied: boolean): SimReply {
  const redirectUri = query.get('redirect_uri') ?? '';
  if (query.get('client_id') !== grants.clientId || !URL.canParse(redirectUri)) return INVALID;
  const back = new URL(redirectUri);
  back.searchParams.set('state', query.get('state') ?? '');
  const given = isDenied ? { error: 'access_denied' } : grants.consent(redirectUri);
  for (const [name, value] of Object.entries(given)) back.searchParams.set(name, value);
  return { status: 302, body: {}, headers: { location: back.href } };
}

/** `POST /v2/oauth2/tokens/revoke`: with one token ends the whole grant. */
export function revoke(grants: Grants, { body }: SimRequest): SimReply {
  const token = textOf((body as { token?: unknown } | undefined)?.token) ?? '';
  if (!grants.has(token)) return { status: 400, body: {} };
  grants.end();
  return { status: 200, body: {} };
}
