import { type Static, Type } from '@sinclair/typebox';

import {
  EnvironmentSchema,
  HEALTH_STATUSES,
  INTEGRATION_STATUSES,
  Provider,
} from '../../domain/integrations/events.ts';
import { oneOf, optional, strict } from '../../domain/kernel/schema.ts';

/** The connection of a shop with a provider. It shows nothing of the credentials. */
export const IntegrationSchema = strict(
  {
    provider: Provider,
    status: oneOf(
      INTEGRATION_STATUSES,
      '`connecting`: the credentials were not tried yet. `error`: the provider refuses them. `suspended`: paused by a person.',
    ),
    account: Type.String({ description: 'The account at the provider.' }),
    accountName: optional(Type.String({ description: 'Its name, as the provider has it.' })),
    environment: EnvironmentSchema,
    lastError: optional(Type.String({ description: 'Why the provider refused the credentials.' })),
    pauseReason: optional(Type.String()),
    credentialsAt: Type.String({ description: 'When the credentials were given, in UTC.' }),
    testedAt: optional(Type.String({ description: 'When the provider last changed its answer.' })),
    healthStatus: oneOf(
      HEALTH_STATUSES,
      '`unknown`: not judged yet. `unhealthy`: the provider does not answer, most calls fail, or they are very slow.',
    ),
    healthChangedAt: optional(Type.String({ description: 'When the health changed last.' })),
    disconnectedAt: optional(Type.String()),
    revision: Type.Integer({ description: 'Revision of the integration, for If-Match.' }),
    updatedAt: Type.String(),
  },
  { $id: 'Integration' },
);

export type Integration = Static<typeof IntegrationSchema>;
