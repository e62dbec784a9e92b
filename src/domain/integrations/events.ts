import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import { described, eventData, Id, Name, oneOf, Text } from '../kernel/schema.ts';

/** Providers to which a shop can be connected. */
export const INTEGRATION_PROVIDERS = ['square', 'quickbooks', 'mercadopago'] as const;
export const ENVIRONMENTS = ['production', 'sandbox'] as const;
/**
 * `connecting`: the credentials were not tried yet. `error`: the provider refuses them.
 * `suspended`: paused by a person.
 */
export const INTEGRATION_STATUSES = [
  ...(['connecting', 'connected', 'error', 'suspended', 'disconnected'] as const),
] as const;

/**
 * `unknown`: not judged yet. `degraded`: some calls fail, or they are slow. `unhealthy`: the
 * provider does not answer, most calls fail, or they are very slow.
 */
export const HEALTH_STATUSES = ['healthy', 'degraded', 'unhealthy', 'unknown'] as const;

export type HealthStatus = (typeof HEALTH_STATUSES)[number];
export type IntegrationProvider = (typeof INTEGRATION_PROVIDERS)[number];
export type Environment = (typeof ENVIRONMENTS)[number];
export type IntegrationStatus = (typeof INTEGRATION_STATUSES)[number];

export const Provider = oneOf(INTEGRATION_PROVIDERS, 'The provider.');
export const EnvironmentSchema = oneOf(
  ENVIRONMENTS,
  'Where the account is: the real one, or that for trials.',
);
export const CredentialsId = Type.String({
  pattern: '^[0-9a-f]{32}$',
  description: 'Names the credentials in the vault. They themselves are in no event.',
});
export const FailureCode = Type.String({ minLength: 1, maxLength: 100 });
export const Reason = Text;

const status = oneOf(INTEGRATION_STATUSES, 'The status from now on.');
const provider = Provider;

/** What a judgement of the health rests on. */
export const healthFields = {
  health: oneOf(HEALTH_STATUSES, 'The health from now on.'),
  isReachable: Type.Boolean({ description: 'Whether the provider answered when last asked.' }),
  successRate: Type.Number({
    minimum: 0,
    maximum: 100,
    description: 'Percent of the calls of the last 24 hours that succeeded, with two decimals.',
  }),
  responseMs: Type.Optional(
    Type.Integer({ minimum: 0, description: 'How long a call took lately, in ms, on average.' }),
  ),
};

export const integrationEvents = defineEvents({
  IntegrationCredentialsGiven: eventData(
    'The shop gave credentials for its account at a provider. They replace any before.',
    {
      provider,
      account: described(Id, 'The account at the provider.'),
      environment: EnvironmentSchema,
      credentialsId: CredentialsId,
      replaces: Type.Optional(CredentialsId),
      status,
    },
  ),
  IntegrationTested: eventData('The provider accepted or refused the credentials.', {
    provider,
    credentialsId: CredentialsId,
    isAccepted: Type.Boolean({ description: 'Whether the provider accepted them.' }),
    accountName: Type.Optional(described(Name, 'The name of the account, as the provider has it.')),
    code: Type.Optional(described(FailureCode, 'Why not, as the provider says.')),
    status,
  }),
  IntegrationPaused: eventData('A person paused the connection: nothing is exchanged.', {
    provider,
    reason: Type.Optional(described(Reason, 'Why.')),
    status,
  }),
  IntegrationResumed: eventData('A person ended the pause.', { provider, status }),
  IntegrationHealthChanged: eventData('The exchange with the provider got better or worse.', {
    provider,
    before: oneOf(HEALTH_STATUSES, 'The health until now.'),
    ...healthFields,
    status: oneOf(INTEGRATION_STATUSES, 'The status, which stays.'),
  }),
  IntegrationDisconnected: eventData('The connection ended, and its credentials were removed.', {
    provider,
    credentialsId: CredentialsId,
    status,
  }),
});

export type IntegrationEvent = EventOf<typeof integrationEvents>;
