import { Type } from '@sinclair/typebox';

import { Id, Instant, optional, strict } from '../../../domain/kernel/schema.ts';
import {
  type Subscription,
  webhookSubscriptionCommands,
} from '../../../domain/webhook-subscriptions/index.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import {
  WebhookSubscriptionSchema,
  WebhookSubscriptionsSchema,
} from '../../../projections/webhook-subscriptions/document.ts';
import { written } from '../../schemas.ts';

export const SubscriptionParams = Type.Object({ subscriptionId: Id });

const { schemas } = webhookSubscriptionCommands;
/** The id comes from the path, or is drawn here. */
const { subscriptionId: _added, ...addFields } = schemas.AddSubscription.properties;
const { subscriptionId: _changed, ...changeFields } = schemas.ChangeSubscription.properties;
const { subscriptionId: _rotated, ...rotateFields } = schemas.RotateSecret.properties;
export const AddBody = strict(addFields);
export const ChangeBody = strict(changeFields, {
  minProperties: 1,
  description: 'What is absent stays as it is.',
});
export const RotateBody = strict(rotateFields);

export const ListResponse = Type.Pick(WebhookSubscriptionsSchema, ['items']);

const { properties } = WebhookSubscriptionSchema;
const { url, events, description, active, pauseCause } = properties;
const { failingSince, previousSecretUntil } = properties;
const shown = {
  ...{ subscriptionId: Id, url, events, description, active, pauseCause },
  ...{ failingSince, previousSecretUntil },
};
export const SubscriptionResponse = Type.Object(
  { ...shown, ...written },
  { $id: 'WebhookSubscriptionChanged' },
);
export const SecretResponse = Type.Object({
  ...shown,
  ...written,
  secret: Type.String({
    description: 'The secret that signs. It is shown only now, and to repeats.',
  }),
});
export const RemovedResponse = Type.Object({ subscriptionId: Id, ...written });
export const TestResponse = Type.Object({
  deliveryId: Type.String({ description: 'See `GET /deliveries/{deliveryId}` for the result.' }),
  requestedAt: Instant,
});
export const GottenResponse = Type.Object({
  ...properties,
  revision: optional(Type.Integer({ description: 'Of all subscriptions, for If-Match.' })),
});

/** A subscription as its rules know it. */
export function subscriptionBody(known: Subscription) {
  const { subscriptionId, url: address, events: names, paused, failing, previous } = known;
  return {
    ...{ subscriptionId, url: address, events: [...names], active: !paused },
    ...omitUndefined({
      description: known.description,
      pauseCause: paused?.cause,
      failingSince: failing?.since,
      previousSecretUntil: previous?.until,
    }),
  };
}
