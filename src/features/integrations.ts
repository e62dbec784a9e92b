import { authorizationRoutes } from '../api/routes/integrations/authorizations.ts';
import { integrationRoutes } from '../api/routes/integrations/integrations.ts';
import {
  integrationDecider,
  type IntegrationEvent,
  integrationEvents,
} from '../domain/integrations/index.ts';
import { describeIntegrationEvent } from '../projections/integrations/describe.ts';
import { integrations as readModel } from '../projections/integrations/projection.ts';
import { defineFeature } from './feature.ts';

export const integrations = defineFeature({
  name: 'integrations',
  deciders: [integrationDecider],
  events: integrationEvents,
  projections: [readModel],
  documents: {
    integrations: 'A connection with a provider: `GET /integrations`, by provider too.',
  },
  routes: [...integrationRoutes, ...authorizationRoutes],
  descriptions: [
    {
      category: 'integration',
      describe: (event) => describeIntegrationEvent(event as IntegrationEvent),
    },
  ],
  audit: {
    IntegrationCredentialsGiven: { severity: 'MEDIUM' },
    IntegrationDisconnected: { severity: 'MEDIUM' },
  },
});
