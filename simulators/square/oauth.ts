import { fieldsOf, textOf } from '../shared/fields.ts';
import type { SimReply, SimRequest } from '../shared/server.ts';
import type { Context } from './context.ts';
import { failed, invalid } from './errors.ts';

/** The page on which a seller agrees: it agrees at once, or denies if the control API says so. */
export function authorize(context: Context, { query }: SimRequest, isDenied: boolean): SimReply {
  const redirectUri = query.get('redirect_uri') ?? '';
  const isKnown = query.get('client_id') === context.clientId && URL.canParse(redirectUri);
  if (!isKnown) return failed(400, { detail: 'The client or its redirect URI is unknown.' });
  const back = new URL(redirectUri);
  back.searchParams.set('state', query.get('state') ?? '');
  if (isDenied) {
    back.searchParams.set('error', 'access_denied');
    back.searchParams.set('error_description', 'user_denied');
  } else {
    const challenge = query.get('code_challenge');
    const code = context.grants.consent({
      scopes: (query.get('scope') ?? '').split(/[ +]/),
      redirectUri,
      ...(challenge !== null && { challenge }),
    });
    back.searchParams.set('code', code);
    back.searchParams.set('response_type', 'code');
  }
  return { status: 302, body: {}, headers: { location: back.href } };
}

/** `POST /oauth2/token`: by a code, or by a refresh token. */
export function obtainToken(context: Context, { body }: SimRequest): SimReply {
  const fields = fieldsOf(body);
  const isShort = fields['short_lived'] === true;
  const verifier = textOf(fields['code_verifier']);
  if (fields['client_id'] !== context.clientId) return failed(401);
  const hasSecret = fields['client_secret'] === context.clientSecret;
  const grant = fields['grant_type'];
  const isPublic = grant === 'authorization_code' ? verifier !== undefined : true;
  if (!hasSecret && !(isPublic && fields['client_secret'] === undefined)) return failed(401);
  const code = textOf(fields['code']) ?? '';
  const redirectUri = textOf(fields['redirect_uri']);
  const refresh = textOf(fields['refresh_token']) ?? '';
  const issued =
    grant === 'authorization_code'
      ? context.grants.byCode(code, redirectUri, verifier, isShort)
      : context.grants.byRefresh(refresh, isShort);
  if (!issued) return failed(401, { detail: 'The code or the refresh token is invalid.' });
  return {
    status: 200,
    body: {
      access_token: issued.access,
      token_type: 'bearer',
      expires_at: new Date(issued.expiresAtMs).toISOString(),
      merchant_id: context.merchantId,
      refresh_token: issued.refreshToken,
      short_lived: isShort,
    },
  };
}

/** `POST /oauth2/revoke` ends all tokens of the seller, and a webhook says so. */
export function revokeToken(context: Context, { header, body }: SimRequest): SimReply {
  if (header('authorization') !== `Client ${context.clientSecret}`) return failed(401);
  if (fieldsOf(body)['client_id'] !== context.clientId) return failed(401);
  revoke(context, 'APPLICATION');
  return { status: 200, body: { success: true } };
}

export function revoke(context: Context, by: 'APPLICATION' | 'MERCHANT'): void {
  context.grants.revoke();
  const revocation = { revoked_at: context.now(), revoker_type: by };
  context.event('oauth.authorization.revoked', {
    ...{ type: 'revocation', id: context.newId('revocation'), object: { revocation } },
  });
}

/** `POST /oauth2/token/status`. */
export function tokenStatus(context: Context, { header }: SimRequest): SimReply {
  const access = (header('authorization') ?? '').replace(/^Bearer /, '');
  const token = context.grants.find(access);
  if (!token) return invalid('BAD_REQUEST', 'The token is not one of OAuth.');
  return {
    status: 200,
    body: {
      scopes: token.scopes,
      expires_at: new Date(token.expiresAtMs).toISOString(),
      client_id: context.clientId,
      merchant_id: context.merchantId,
    },
  };
}
