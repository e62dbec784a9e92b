import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { createMercadoPagoOAuth } from '../adapters/mercadopago/oauth.ts';
import { createQuickBooksOAuth } from '../adapters/quickbooks/oauth.ts';
import { createSquareOAuth } from '../adapters/square/oauth.ts';
import type { Config } from '../config.ts';
import { ENVIRONMENTS, INTEGRATION_PROVIDERS } from '../domain/integrations/index.ts';
import { oneOf } from '../domain/kernel/schema.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpClient } from '../ports/http-client.ts';
import type { ProviderOAuth, ProviderOAuths } from '../ports/provider-oauth.ts';
import { urlsIn } from './open-provider-clients.ts';

const MAX_APPS = 100;
const Secret = Type.String({ minLength: 1, maxLength: 1_000 });
const AppSchema = Type.Object(
  {
    provider: oneOf(INTEGRATION_PROVIDERS),
    environment: oneOf(ENVIRONMENTS),
    clientId: Secret,
    clientSecret: Secret,
  },
  { additionalProperties: false },
);
const AppsSchema = Type.Array(AppSchema, { maxItems: MAX_APPS });
type App = Static<typeof AppSchema>;

const SQUARE = {
  production: 'https://connect.squareup.com',
  sandbox: 'https://connect.squareupsandbox.com',
};
/** The same for both environments: the app itself is of one of them. */
const QUICKBOOKS = {
  authorizeUrl: 'https://appcenter.intuit.com/connect/oauth2',
  tokenUrl: 'https://oauth.platform.intuit.com',
  revokeUrl: 'https://developer.api.intuit.com',
};

const MERCADOPAGO = {
  authorizeUrl: 'https://auth.mercadopago.com/authorization',
  baseUrl: 'https://api.mercadopago.com',
};

type Settings = Pick<Config, 'oauthApps' | 'providerUrls'>;

/**
 * The apps of the setting `OAUTH_APPS`; empty: none.
 * @throws Error that names the place and what was expected; it quotes no value.
 */
export function openOAuthApps(
  http: HttpClient,
  { oauthApps, providerUrls }: Settings,
  clock: Pick<Clock, 'now'>,
): ProviderOAuths {
  const urls = urlsIn(providerUrls);
  const open = (app: App): ProviderOAuth => {
    const url = urls[app.provider];
    if (app.provider === 'square') {
      const baseUrl = url ?? SQUARE[app.environment];
      return createSquareOAuth(http, { ...app, baseUrl, now: () => clock.now() });
    }
    if (app.provider === 'mercadopago') {
      const trialAt = { authorizeUrl: `${url}/authorization`, baseUrl: url ?? '' };
      return createMercadoPagoOAuth(http, { ...app, ...(url ? trialAt : MERCADOPAGO) });
    }
    const trial = { authorizeUrl: `${url}/connect/oauth2`, tokenUrl: url, revokeUrl: url };
    const at = url === undefined ? QUICKBOOKS : { ...trial, tokenUrl: url, revokeUrl: url };
    return createQuickBooksOAuth(http, { ...app, ...at });
  };
  const apps = new Map(
    appsIn(oauthApps).map((app) => [`${app.provider} ${app.environment}`, open(app)]),
  );
  return { at: (provider, environment) => apps.get(`${provider} ${environment}`) };
}

function appsIn(text: string): readonly App[] {
  if (text === '') return [];
  let apps: unknown;
  try {
    apps = JSON.parse(text);
  } catch {
    // The syntax error would quote the text.
    throw new Error('OAUTH_APPS: expected JSON');
  }
  if (Value.Check(AppsSchema, apps)) return apps;
  const first = Value.Errors(AppsSchema, apps).First();
  throw new Error(`OAUTH_APPS: ${first?.path || 'the list'}: ${first?.message.toLowerCase()}`);
}
