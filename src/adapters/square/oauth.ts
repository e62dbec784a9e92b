import { Type } from '@sinclair/typebox';

import type { HttpClient } from '../../ports/http-client.ts';
import type { ProviderResult } from '../../ports/provider-client.ts';
import type { GrantedTokens, OAuthApp, ProviderOAuth } from '../../ports/provider-oauth.ts';
import { createCalls } from '../shared/provider-calls.ts';
import { UNREADABLE } from '../shared/provider-pages.ts';
import { squareFailure } from './failures.ts';

const VERSION = '2025-08-20';
const DAY_MS = 86_400_000;
/** Square asks for that. */
const MAX_AGE_MS = 7 * DAY_MS;
/** Merchant, orders, payments with refunds, items, stock and customers. */
const SCOPES = [
  ...['MERCHANT_PROFILE_READ', 'ORDERS_READ', 'ORDERS_WRITE', 'PAYMENTS_READ', 'PAYMENTS_WRITE'],
  'PAYOUTS_READ',
  ...['ITEMS_READ', 'ITEMS_WRITE', 'INVENTORY_READ', 'INVENTORY_WRITE'],
  ...['CUSTOMERS_READ', 'CUSTOMERS_WRITE'],
];

const TokenResponse = Type.Object({
  access_token: Type.String({ minLength: 1 }),
  refresh_token: Type.Optional(Type.String({ minLength: 1 })),
  expires_at: Type.String(),
  merchant_id: Type.Optional(Type.String({ minLength: 1 })),
});

export interface SquareOAuthOptions extends OAuthApp {
  /** Such as `https://connect.squareup.com`. */
  readonly baseUrl: string;
  readonly now: () => number;
}

/** With PKCE, a refresh token of Square serves once. */
export function createSquareOAuth(
  http: HttpClient,
  { baseUrl, clientId, clientSecret, now }: SquareOAuthOptions,
): ProviderOAuth {
  const headers = { 'square-version': VERSION, 'content-type': 'application/json' };
  const call = createCalls({ http, baseUrl, failureOf: squareFailure, headers });

  async function obtain(
    fields: Readonly<Record<string, string>>,
  ): Promise<ProviderResult<GrantedTokens>> {
    const body = { client_id: clientId, client_secret: clientSecret, ...fields };
    const path = '/oauth2/token';
    const result = await call({ method: 'POST', path, body, schema: TokenResponse });
    if (result.kind !== 'ok') return result;
    const { access_token: accessToken, refresh_token, expires_at, merchant_id } = result.value;
    const expiresInMs = Date.parse(expires_at) - now();
    if (Number.isNaN(expiresInMs)) return UNREADABLE;
    const value = {
      ...{ accessToken, expiresInMs },
      ...(refresh_token !== undefined && { refreshToken: refresh_token }),
      ...(merchant_id !== undefined && { account: merchant_id }),
    };
    return { kind: 'ok', value };
  }

  return {
    offersPkce: true,
    maxAgeMs: MAX_AGE_MS,
    authorizeUrl({ state, redirectUri, challenge }) {
      const query = new URLSearchParams({
        ...{ client_id: clientId, scope: SCOPES.join(' '), session: 'false', state },
        redirect_uri: redirectUri,
        ...(challenge !== undefined && { code_challenge: challenge }),
      });
      return `${baseUrl}/oauth2/authorize?${query.toString()}`;
    },
    exchange: ({ code, redirectUri, verifier }) =>
      obtain({
        ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri },
        ...(verifier !== undefined && { code_verifier: verifier }),
      }),
    refresh: (refreshToken) => obtain({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    revoke: ({ accessToken }) =>
      call({
        ...{ method: 'POST', path: '/oauth2/revoke', schema: Type.Unknown() },
        body: { client_id: clientId, access_token: accessToken },
        headers: { authorization: `Client ${clientSecret}` },
      }),
  };
}
