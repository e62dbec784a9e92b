import { webhookSubscriptionRoutes } from '../api/routes/webhook-subscriptions/webhook-subscriptions.ts';
import {
  webhookSubscriptionDecider,
  type WebhookSubscriptionEvent,
  webhookSubscriptionEvents,
} from '../domain/webhook-subscriptions/index.ts';
import { webhookFollowing } from '../processes/webhook-subscriptions/following.ts';
import { webhookWatching } from '../processes/webhook-subscriptions/watching.ts';
import { describeWebhookSubscriptionEvent } from '../projections/webhook-subscriptions/describe.ts';
import { webhookSubscriptions as readModel } from '../projections/webhook-subscriptions/projection.ts';
import { defineFeature } from './feature.ts';

export const webhookSubscriptions = defineFeature({
  name: 'webhook-subscriptions',
  deciders: [webhookSubscriptionDecider],
  events: webhookSubscriptionEvents,
  projections: [readModel],
  documents: {
    'webhook-subscriptions':
      'The systems of a shop that follow events: `GET /webhook-subscriptions`, by id too.',
  },
  processes: [webhookFollowing, webhookWatching],
  routes: webhookSubscriptionRoutes,
  descriptions: [
    {
      category: 'webhooksubscription',
      describe: (event) => describeWebhookSubscriptionEvent(event as WebhookSubscriptionEvent),
    },
  ],
  audit: {
    WebhookSubscriptionAdded: { severity: 'MEDIUM' },
    WebhookSubscriptionChanged: { severity: 'MEDIUM' },
    WebhookSecretRotated: { severity: 'MEDIUM' },
    WebhookSubscriptionRemoved: { severity: 'MEDIUM' },
  },
});
