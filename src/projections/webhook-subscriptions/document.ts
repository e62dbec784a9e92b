import { type Static, Type } from '@sinclair/typebox';

import { oneOf, optional, strict } from '../../domain/kernel/schema.ts';
import {
  Description,
  EventNames,
  MAX_SUBSCRIPTIONS,
  PAUSE_CAUSES,
  ReceiverUrl,
} from '../../domain/webhook-subscriptions/events.ts';

/** A system of the shop that follows events. It shows nothing of the secret. */
export const WebhookSubscriptionSchema = strict(
  {
    subscriptionId: Type.String(),
    url: ReceiverUrl,
    events: EventNames,
    description: optional(Description),
    active: Type.Boolean({ description: 'Whether it sends.' }),
    pauseCause: optional(
      oneOf(
        PAUSE_CAUSES,
        'Why it does not: a `person` paused it, webhooks were `failing` for a day, or the receiver said that it is `gone`.',
      ),
    ),
    pausedAt: optional(Type.String()),
    failingSince: optional(Type.String({ description: 'When the first webhook was parked.' })),
    lastError: optional(Type.String({ description: 'Code of the last failure that was noted.' })),
    previousSecretUntil: optional(
      Type.String({ description: 'The secret before signs as well until then.' }),
    ),
    addedAt: Type.String(),
    updatedAt: Type.String(),
  },
  { $id: 'WebhookSubscription' },
);
export type WebhookSubscription = Static<typeof WebhookSubscriptionSchema>;

/** The subscriptions of a shop, the oldest first. */
export const WebhookSubscriptionsSchema = strict(
  {
    items: Type.Array(WebhookSubscriptionSchema, { maxItems: MAX_SUBSCRIPTIONS }),
    revision: Type.Integer({ description: 'Revision of all subscriptions, for If-Match.' }),
  },
  { $id: 'WebhookSubscriptions' },
);
export type WebhookSubscriptionsDocument = Static<typeof WebhookSubscriptionsSchema>;
