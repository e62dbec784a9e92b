import { type Static, Type } from '@sinclair/typebox';

import {
  credentialsIdOf,
  type IntegrationParts,
  keepCredentials,
  removeUnused,
  type Result,
  testConnection,
  type TestOutcome,
  usedBy,
} from '../../../commands/integrations/credentials.ts';
import {
  EnvironmentSchema,
  INTEGRATION_STATUSES,
  integrationCommands,
  integrationDecider,
  type IntegrationState,
  Provider,
} from '../../../domain/integrations/index.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import { described, Id, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';
import { IntegrationSchema } from '../../../projections/integrations/document.ts';
import { findIntegration, listIntegrations } from '../../../projections/integrations/queries.ts';
import { commandRoutes } from '../../command.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse, writeResult, writtenAt } from '../../responses.ts';
import { type Caller, type Route, route } from '../../route.ts';
import { pageOf, pageQuery, written } from '../../schemas.ts';
import { sequenceOf } from '../../sequence-of.ts';
import type { Services } from '../../services.ts';

const tag = 'Integrations';
const path = '/integrations/:provider';
const permission = 'integrations:manage';
const params = Type.Object({ provider: Provider });

const TestSchema = strict({
  outcome: oneOf(
    ['accepted', 'refused', 'unavailable'],
    '`unavailable`: the provider could not be asked, and nothing was recorded.',
  ),
  code: optional(Type.String({ description: 'Why, in the words of the provider.' })),
});

const ResponseSchema = Type.Object(
  {
    provider: Provider,
    status: oneOf(INTEGRATION_STATUSES),
    account: Type.String(),
    environment: EnvironmentSchema,
    test: optional(TestSchema),
    ...written,
  },
  { additionalProperties: false, $id: 'IntegrationChanged' },
);

const Connect = strict({
  account: described(
    Id,
    'The account at the provider: the merchant id of Square, the company id (`realmId`) of QuickBooks, the user id of Mercado Pago.',
  ),
  environment: EnvironmentSchema,
  accessToken: Type.String({
    pattern: '^[\\x21-\\x7e]+$',
    minLength: 16,
    maxLength: 4_096,
    description: 'The access token. It is kept encrypted, and never shown again.',
  }),
});

function respond(result: Result, test?: TestOutcome): Static<typeof ResponseSchema> {
  const { state } = result;
  if (state.status === 'none') throw new InvariantError('an integration after its command');
  const { provider, status, account, environment } = state;
  const known = { provider, status, account, environment };
  return { ...known, ...(test && { test: { ...test } }), ...writtenAt(result) };
}

const partsOf = (
  { digest, credentials, providerClients, tokens, usage }: Services,
  { shop: { currency } }: Caller,
): IntegrationParts => ({ digest, credentials, providerClients, tokens, usage, currency });

const command = commandRoutes({
  tag,
  decider: integrationDecider,
  commands: integrationCommands,
  id: 'provider',
  response: ResponseSchema,
  respond: (result) => respond(result),
});

/** What is to be ended at the provider as well; a repeat finds nothing. */
async function grantOf(
  { credentials }: Services,
  storeId: string,
  state: IntegrationState,
): Promise<string | undefined> {
  const id = usedBy(state);
  return id === undefined ? undefined : credentials.get(storeId, id);
}

/** The connections of a shop with its accounts at providers. */
export const integrationRoutes: readonly Route[] = [
  query({
    path: '/integrations',
    operationId: 'listIntegrations',
    summary: 'Connections with providers',
    tag,
    permission: 'integrations:read',
    query: Type.Object(pageQuery),
    response: pageOf(IntegrationSchema),
    async read({ query: page, reads }) {
      return pageResponse(await listIntegrations(reads, page));
    },
  }),
  query({
    path,
    operationId: 'getIntegration',
    summary: 'The connection with a provider',
    tag,
    permission: 'integrations:read',
    params,
    response: IntegrationSchema,
    errors: ['integration_not_found'],
    async read({ params: { provider }, reads, caller }) {
      const found = await findIntegration(reads, caller.shop.id, provider);
      return orNotFound(found, 'integration_not_found', `connection with ${provider}`);
    },
    revision: ({ revision }) => revision,
  }),
  route({
    method: 'post',
    path: `${path}/connect`,
    operationId: 'connectIntegration',
    summary: 'Connect with an access token',
    description:
      'The token replaces any before. It is stored first, then tried at the provider. A token that the provider refuses gives the status `error`; while the provider cannot be asked, the status stays `connecting`.',
    tag,
    permission,
    params,
    body: Connect,
    status: 200,
    response: ResponseSchema,
    write: true,
    revisioned: true,
    example: {
      account: 'MERCHANT0001',
      environment: 'sandbox',
      accessToken: 'token-of-the-account',
    },
    async handle(request, services) {
      const { account, environment, accessToken } = request.body;
      const { provider } = request.params;
      const credentialsId = credentialsIdOf(services.digest, request.commandId, accessToken);
      const data = { account, environment, credentialsId };
      const given = { type: 'GiveCredentials', data } as const;
      const result = await request.execute(integrationDecider, provider, given);
      const sequence = sequenceOf(request, services);
      const parts = partsOf(services, request.caller);
      await keepCredentials(parts, sequence, provider, result, { accessToken });
      const tested = await testConnection(parts, sequence, provider);
      const last = tested.result ?? result;
      return { ...writeResult(200, last), body: respond(last, tested.test) };
    },
  }),
  command('PauseIntegration', {
    path: `${path}/pause`,
    operationId: 'pauseIntegration',
    summary: 'Pause the exchange with the provider',
    permission,
    params,
    example: { reason: 'Stocktaking' },
    errors: ['integration_not_found', 'integration_disconnected', 'integration_paused'],
  }),
  command('ResumeIntegration', {
    path: `${path}/resume`,
    operationId: 'resumeIntegration',
    summary: 'End the pause',
    permission,
    params,
    example: {},
    errors: ['integration_not_found', 'integration_disconnected', 'integration_not_paused'],
  }),
  route({
    method: 'post',
    path: `${path}/test`,
    operationId: 'testIntegration',
    summary: 'Ask the provider whether the credentials serve',
    description: 'Only a changed answer is recorded.',
    tag,
    permission,
    params,
    status: 200,
    response: TestSchema,
    write: true,
    errors: ['integration_not_found'],
    async handle(request, services) {
      const { provider } = request.params;
      const { shop } = request.caller;
      const { state } = await services.commands.load(integrationDecider, shop.id, provider);
      const existing = state.status === 'none' ? undefined : state;
      orNotFound(existing, 'integration_not_found', `connection with ${provider}`);
      const sequence = sequenceOf(request, services);
      const { test } = await testConnection(partsOf(services, request.caller), sequence, provider);
      return { status: 200, body: { ...test } };
    },
  }),
  route({
    method: 'delete',
    path,
    operationId: 'disconnectIntegration',
    summary: 'Disconnect from the provider',
    description:
      'Nothing of the credentials is left here. What was granted by OAuth is revoked at the provider; revoke an access token there yourself.',
    tag,
    permission,
    params,
    status: 200,
    response: ResponseSchema,
    write: true,
    revisioned: true,
    errors: ['integration_not_found', 'integration_disconnected'],
    async handle(request, services) {
      const { provider } = request.params;
      const ended = { type: 'DisconnectIntegration', data: {} } as const;
      const { shop } = request.caller;
      const { state } = await services.commands.load(integrationDecider, shop.id, provider);
      const result = await request.execute(integrationDecider, provider, ended);
      const text = await grantOf(services, shop.id, state);
      await removeUnused(services, sequenceOf(request, services));
      if (text !== undefined && state.status !== 'none') {
        await services.authorizations.revoke(provider, state.environment, text);
      }
      return { ...writeResult(200, result), body: respond(result) };
    },
  }),
];
