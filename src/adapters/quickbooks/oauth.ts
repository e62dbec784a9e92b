import { Type } from '@sinclair/typebox';

import type { HttpClient } from '../../ports/http-client.ts';
import type { ProviderResult } from '../../ports/provider-client.ts';
import type { GrantedTokens, OAuthApp, ProviderOAuth } from '../../ports/provider-oauth.ts';
import { oauthFailure } from '../shared/oauth-failure.ts';
import { createCalls } from '../shared/provider-calls.ts';

const SCOPE = 'com.intuit.quickbooks.accounting';

const TokenResponse = Type.Object({
  access_token: Type.String({ minLength: 1 }),
  refresh_token: Type.Optional(Type.String({ minLength: 1 })),
  expires_in: Type.Number({ minimum: 0 }),
});

export interface QuickBooksOAuthOptions extends OAuthApp {
  /** Where a company agrees. */
  readonly authorizeUrl: string;
  /** Such as `https://oauth.platform.intuit.com`. */
  readonly tokenUrl: string;
  /** Such as `https://developer.api.intuit.com`. */
  readonly revokeUrl: string;
}

/** Refresh tokens of QuickBooks change: the one before dies. The redirect names the company. */
export function createQuickBooksOAuth(
  http: HttpClient,
  { authorizeUrl, tokenUrl, revokeUrl, clientId, clientSecret }: QuickBooksOAuthOptions,
): ProviderOAuth {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const headers = { authorization: `Basic ${basic}` };
  const callsTo = (baseUrl: string) =>
    createCalls({ http, baseUrl, failureOf: oauthFailure, headers });
  const tokens = callsTo(tokenUrl);
  const revocations = callsTo(revokeUrl);

  async function obtain(
    form: Readonly<Record<string, string>>,
  ): Promise<ProviderResult<GrantedTokens>> {
    const path = '/oauth2/v1/tokens/bearer';
    const result = await tokens({ method: 'POST', path, form, schema: TokenResponse });
    if (result.kind !== 'ok') return result;
    const { access_token: accessToken, refresh_token, expires_in } = result.value;
    const refresh = refresh_token === undefined ? {} : { refreshToken: refresh_token };
    return { kind: 'ok', value: { accessToken, ...refresh, expiresInMs: expires_in * 1_000 } };
  }

  return {
    offersPkce: false,
    authorizeUrl({ state, redirectUri }) {
      const query = new URLSearchParams({
        ...{ client_id: clientId, response_type: 'code', scope: SCOPE, state },
        redirect_uri: redirectUri,
      });
      return `${authorizeUrl}?${query.toString()}`;
    },
    exchange: ({ code, redirectUri }) =>
      obtain({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }),
    refresh: (refreshToken) => obtain({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    revoke: ({ accessToken, refreshToken }) =>
      revocations({
        ...{ method: 'POST', path: '/v2/oauth2/tokens/revoke', schema: Type.Unknown() },
        headers: { 'content-type': 'application/json' },
        body: { token: refreshToken ?? accessToken },
      }),
  };
}
