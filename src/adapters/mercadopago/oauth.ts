import { Type } from '@sinclair/typebox';

import type { HttpClient } from '../../ports/http-client.ts';
import type { ProviderResult } from '../../ports/provider-client.ts';
import type { GrantedTokens, OAuthApp, ProviderOAuth } from '../../ports/provider-oauth.ts';
import { oauthFailure } from '../shared/oauth-failure.ts';
import { createCalls } from '../shared/provider-calls.ts';

const TokenResponse = Type.Object({
  access_token: Type.String({ minLength: 1 }),
  refresh_token: Type.Optional(Type.String({ minLength: 1 })),
  expires_in: Type.Number({ minimum: 0 }),
  user_id: Type.Optional(Type.Union([Type.Integer(), Type.String({ minLength: 1 })])),
});

export interface MercadoPagoOAuthOptions extends OAuthApp {
  /** Where a seller agrees. */
  readonly authorizeUrl: string;
  /** Such as `https://api.mercadopago.com`. */
  readonly baseUrl: string;
  readonly environment: 'production' | 'sandbox';
}

/**
 * Each refresh at Mercado Pago gives another refresh token too. There is no way to end a grant
 * from here: the seller ends it in the account.
 */
export function createMercadoPagoOAuth(
  http: HttpClient,
  { authorizeUrl, baseUrl, clientId, clientSecret, environment }: MercadoPagoOAuthOptions,
): ProviderOAuth {
  const headers = { 'content-type': 'application/json' };
  const call = createCalls({ http, baseUrl, failureOf: oauthFailure, headers });

  async function obtain(
    fields: Readonly<Record<string, string>>,
  ): Promise<ProviderResult<GrantedTokens>> {
    const body = { client_id: clientId, client_secret: clientSecret, ...fields };
    const result = await call({
      ...{ method: 'POST', path: '/oauth/token', body },
      schema: TokenResponse,
    });
    if (result.kind !== 'ok') return result;
    const { access_token: accessToken, refresh_token, expires_in, user_id } = result.value;
    const value = {
      ...{ accessToken, expiresInMs: expires_in * 1_000 },
      ...(refresh_token !== undefined && { refreshToken: refresh_token }),
      ...(user_id !== undefined && { account: String(user_id) }),
    };
    return { kind: 'ok', value };
  }

  return {
    offersPkce: true,
    authorizeUrl({ state, redirectUri, challenge }) {
      const pkce = { code_challenge: challenge ?? '', code_challenge_method: 'S256' };
      const query = new URLSearchParams({
        ...{ client_id: clientId, response_type: 'code', platform_id: 'mp', state },
        redirect_uri: redirectUri,
        ...(challenge !== undefined && pkce),
      });
      return `${authorizeUrl}?${query.toString()}`;
    },
    exchange: ({ code, redirectUri, verifier }) =>
      obtain({
        ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri },
        ...(verifier !== undefined && { code_verifier: verifier }),
        // Otherwise the token of a test seller is one for real money.
        ...(environment === 'sandbox' && { test_token: 'true' }),
      }),
    refresh: (refreshToken) => obtain({ grant_type: 'refresh_token', refresh_token: refreshToken }),
  };
}
