import { authorizationRoutes } from '../api/routes/integrations/authorizations.ts';
import { integrationHealthRoutes } from '../api/routes/integrations/health.ts';
import { integrationRoutes } from '../api/routes/integrations/integrations.ts';
import {
  integrationDecider,
  type IntegrationEvent,
  integrationEvents,
} from '../domain/integrations/index.ts';
import { usageDecider, type UsageEvent, usageEvents } from '../domain/provider-usage/index.ts';
import { describeIntegrationEvent } from '../projections/integrations/describe.ts';
import { integrations as readModel } from '../projections/integrations/projection.ts';
import { describeUsageEvent } from '../projections/provider-usage/describe.ts';
import { providerUsage } from '../projections/provider-usage/projection.ts';
import { defineFeature } from './feature.ts';

export const integrations = defineFeature({
  name: 'integrations',
  deciders: [integrationDecider, usageDecider],
  events: {
    definitions: { ...integrationEvents.definitions, ...usageEvents.definitions },
    types: [...integrationEvents.types, ...usageEvents.types],
  },
  projections: [readModel, providerUsage],
  documents: {
    'provider-usage':
      'The calls to a provider on a day: `GET /integrations/:provider/health`, `GET /integrations/costs`.',
    integrations: 'A connection with a provider: `GET /integrations`, by provider too.',
  },
  routes: [...integrationHealthRoutes, ...integrationRoutes, ...authorizationRoutes],
  descriptions: [
    {
      category: 'integration',
      describe: (event) => describeIntegrationEvent(event as IntegrationEvent),
    },
    {
      category: 'providerusage',
      describe: (event) => describeUsageEvent(event as UsageEvent),
    },
  ],
  audit: {
    IntegrationCredentialsGiven: { severity: 'MEDIUM' },
    IntegrationDisconnected: { severity: 'MEDIUM' },
  },
});
