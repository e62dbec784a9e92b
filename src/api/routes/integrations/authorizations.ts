import { Type } from '@sinclair/typebox';

import type { Authorized } from '../../../commands/integrations/authorization.ts';
import {
  credentialsIdOf,
  keepCredentials,
  testConnection,
} from '../../../commands/integrations/credentials.ts';
import {
  type Environment,
  EnvironmentSchema,
  integrationDecider,
  type IntegrationProvider,
  Provider,
} from '../../../domain/integrations/index.ts';
import { strict } from '../../../domain/kernel/schema.ts';
import { dispatch, type Sequence } from '../../../engine/commands/sequence.ts';
import type { ProviderResult } from '../../../ports/provider-client.ts';
import { tooMany } from '../../pipeline/limiters.ts';
import { limitKeyOf } from '../../pipeline/rate-gate.ts';
import { type ApiRequest, type Route, route } from '../../route.ts';
import type { Services } from '../../services.ts';

/** The app of this installation at providers, to which accounts are connected by OAuth. */
export interface Authorizations {
  /** @throws DomainError oauth_not_configured. */
  begin(
    storeId: string,
    provider: IntegrationProvider,
    environment: Environment,
  ): Promise<{ readonly url: string; readonly expiresInMs: number }>;
  /** @throws DomainError authorization_not_valid. */
  finish(
    provider: IntegrationProvider,
    redirect: Readonly<Record<'state' | 'code' | 'error', string | undefined>>,
  ): Promise<{ readonly storeId: string; readonly result: ProviderResult<Authorized> }>;
  /** Ends the grant at the provider, where it has one. A failure is logged. */
  revoke(provider: IntegrationProvider, environment: Environment, text: string): Promise<void>;
}

const tag = 'Integrations';
const params = Type.Object({ provider: Provider });
const HTML = 'text/html; charset=utf-8';
const MAX_ACCOUNT_LENGTH = 100;

/** A page without scripts, in both languages: it does not know the reader's. */
function pageOf(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head><body><h1>${title}</h1><p>${content}</p></body></html>`;
}

const CONNECTED = pageOf(
  'Connected / Conectado',
  'You can close this page. / Puedes cerrar esta página.',
);
const FAILED = pageOf(
  'Not connected / Sin conexión',
  'Begin again in the settings of the shop. / Comienza de nuevo en los ajustes del comercio.',
);

const authorize = route({
  method: 'post',
  path: '/integrations/:provider/authorize',
  operationId: 'authorizeIntegration',
  summary: 'Begin to connect by OAuth',
  description:
    'Send the person who owns the account to `url`. The provider then leads back here, and the connection appears in `GET /integrations/{provider}`. The address serves once, within ten minutes.',
  tag,
  permission: 'integrations:manage',
  params,
  body: strict({ environment: EnvironmentSchema }),
  status: 200,
  response: strict({
    url: Type.String({ description: 'Where the person agrees, at the provider.' }),
    expiresInSeconds: Type.Integer({ minimum: 1 }),
  }),
  write: false,
  sensitive: true,
  example: { environment: 'sandbox' },
  errors: ['oauth_not_configured'],
  async handle({ params: { provider }, body: { environment }, caller }, { authorizations }) {
    const { url, expiresInMs } = await authorizations.begin(caller.shop.id, provider, environment);
    return { status: 200, body: { url, expiresInSeconds: Math.floor(expiresInMs / 1_000) } };
  },
});

const callback = route({
  method: 'get',
  path: '/integrations/:provider/callback',
  operationId: 'finishAuthorization',
  summary: 'The page to which a provider leads back after an authorization',
  description: 'For the browser of the person. It is used up by the first request.',
  tag,
  permission: 'public',
  params,
  status: 200,
  response: Type.String(),
  produces: 'text/html',
  write: false,
  raw: true,
  limiters: ['webhooks'],
  errors: ['authorization_not_valid', 'oauth_not_configured'],
  async handle({ params: { provider }, raw, address, correlationId, origin }, services) {
    const { limiters, clock, authorizations } = services;
    const taken = await limiters.take('webhooks', limitKeyOf(address === '' ? 'unknown' : address));
    if (taken && !taken.result.allowed) throw tooMany(taken, clock.now());
    const query = new URLSearchParams(raw?.query ?? '');
    const of = (name: string) => query.get(name) ?? undefined;
    const redirect = { state: of('state'), code: of('code'), error: of('error') };
    const { storeId, result } = await authorizations.finish(provider, redirect);
    const account = result.kind === 'ok' ? (result.value.account ?? of('realmId')) : undefined;
    const isNamed = account !== undefined && account.length <= MAX_ACCOUNT_LENGTH;
    if (result.kind !== 'ok' || !isNamed) {
      const code = result.kind === 'ok' ? 'no_account' : result.code;
      services.logger.warn({ storeId, provider, code }, 'an authorization failed');
      return { status: 200, body: FAILED, contentType: HTML };
    }
    const commandId = `oauth ${services.digest.sha256(redirect.state ?? '').slice(0, 32)}`;
    const sequence = sequenceFor(services, storeId, { commandId, correlationId, origin });
    await connect(services, sequence, { ...result.value, account });
    return { status: 200, body: CONNECTED, contentType: HTML };
  },
});

type Redirected = Pick<ApiRequest<unknown, unknown, unknown>, 'correlationId' | 'origin'> & {
  readonly commandId: string;
};

/** The redirect comes from the browser of a person who has no key here. */
function sequenceFor(
  { commands, clock, calendar }: Services,
  storeId: string,
  { commandId, correlationId, origin }: Redirected,
): Sequence {
  const nowMs = clock.now();
  const businessDay = calendar.businessDay(storeId, nowMs);
  return {
    ...{ commands, clock, commandId },
    context: { storeId, now: new Date(nowMs).toISOString(), businessDay },
    envelope: {
      actor: { kind: 'system', id: 'oauth' },
      ...{ correlationId, causationId: correlationId, origin },
    },
  };
}

/** Records the connection, stores its tokens, and only then uses them. */
async function connect(
  services: Services,
  sequence: Sequence,
  { provider, environment, account, tokens }: Authorized & { readonly account: string },
): Promise<void> {
  const { digest, credentials, providerClients, usage } = services;
  const { commandId, context } = sequence;
  const shop = services.shops().find(({ id }) => id === context.storeId);
  const credentialsId = credentialsIdOf(digest, commandId, tokens.accessToken);
  const data = { account, environment, credentialsId };
  const command = { type: 'GiveCredentials', data } as const;
  const given = await dispatch(sequence, commandId, integrationDecider, provider, command);
  const parts = { digest, credentials, providerClients, tokens: services.tokens, usage };
  await keepCredentials(parts, sequence, provider, given, tokens);
  await testConnection({ ...parts, currency: shop?.currency ?? '' }, sequence, provider);
}

export const authorizationRoutes: readonly Route[] = [authorize, callback];
