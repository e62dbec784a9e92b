import { webhookReceivers } from '../api/routes/webhooks/receive.ts';
import { webhookRoutes } from '../api/routes/webhooks/webhooks.ts';
import { searchDecider, searchEvents } from '../domain/provider-searches/index.ts';
import { webhookDecider, type WebhookEvent, webhookEvents } from '../domain/webhooks/index.ts';
import { providerSearch } from '../processes/webhooks/provider-search.ts';
import { webhookProcessing } from '../processes/webhooks/webhook-processing.ts';
import { describeWebhookEvent } from '../projections/webhooks/describe.ts';
import { webhooks as readModel } from '../projections/webhooks/projection.ts';
import { defineFeature } from './feature.ts';

export const webhooks = defineFeature({
  name: 'webhooks',
  deciders: [webhookDecider, searchDecider],
  events: {
    definitions: { ...webhookEvents.definitions, ...searchEvents.definitions },
    types: [...webhookEvents.types, ...searchEvents.types],
  },
  projections: [readModel],
  processes: [webhookProcessing, providerSearch],
  documents: {
    webhooks: 'An event that a provider reported: `GET /webhook-notices`, by id too.',
  },
  routes: [...webhookReceivers, ...webhookRoutes],
  descriptions: [
    { category: 'webhook', describe: (event) => describeWebhookEvent(event as WebhookEvent) },
  ],
});
