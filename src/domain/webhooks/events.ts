import { type TProperties, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import { PROVIDERS } from '../kernel/providers.ts';
import { described, eventData, Id, Instant, oneOf } from '../kernel/schema.ts';

/** With the name of a process, a webhook is part of the name of a stream. */
const MAX_WEBHOOK_ID_LENGTH = 128;
/** Of a body that was encrypted, in base64url: an append takes 1 MiB in all. */
export const MAX_SEALED_CHARACTERS = 1_000_000;

export const WebhookId = Type.String({ minLength: 1, maxLength: MAX_WEBHOOK_ID_LENGTH });
const Name = Type.String({ minLength: 1, maxLength: 100 });

/** What is known of a webhook when it arrives. */
export const webhookFields = {
  provider: oneOf(PROVIDERS, 'Which provider sent it.'),
  app: described(Name, 'The app of the provider, as `PROVIDER_APPS` names it.'),
  account: described(Id, 'The account at the provider that it is about.'),
  eventId: described(Id, 'The id of the event at the provider.'),
  eventType: described(Name, 'The type of the event at the provider.'),
  isKnown: Type.Boolean({
    description: 'Whether this version knows the type. Others are kept and ignored.',
  }),
  isSigned: Type.Boolean({
    description:
      'Whether the provider signed it. Any other is a hint, which only leads to a look-up.',
  }),
  entityType: Type.Optional(described(Name, 'The kind of entity that it is about.')),
  entityId: Type.Optional(described(Id, 'The id of that entity at the provider.')),
  orderId: Type.Optional(described(Id, 'The id of its order at the provider.')),
  occurredAt: Type.Optional(described(Instant, 'When it happened, as the provider says, in UTC.')),
  bodySha256: Type.String({
    pattern: '^[0-9a-f]{64}$',
    description: 'SHA-256 of the request as it came, which can be about several events.',
  }),
  body: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_SEALED_CHARACTERS,
      description:
        'What came about this event, encrypted with a key of the shop and the month. Absent: it was too large.',
    }),
  ),
};

/**
 * What followed from a webhook. `none`: the shop has nothing to do about it. `not_paid`: no money
 * moved, or it waits at the provider. `already_known`: all that the provider says was recorded.
 */
export const WEBHOOK_EFFECTS = [
  ...(['payment_recorded', 'refund_recorded', 'already_known', 'not_paid', 'none'] as const),
] as const;
export type WebhookEffect = (typeof WEBHOOK_EFFECTS)[number];

export const WebhookCode = Type.String({ pattern: '^[\\w.-]{1,100}$' });
/** Tries of one round; a person can begin another one. */
const Attempt = Type.Integer({ minimum: 1, maximum: 1_000 });

const webhookEvent = <P extends TProperties>(description: string, properties: P) =>
  eventData(description, {
    webhookId: described(WebhookId, 'The provider, and its id of the event.'),
    ...properties,
  });

/** What a look-up led to. */
export const resultFields = {
  effect: oneOf(WEBHOOK_EFFECTS, 'What followed from it.'),
  paymentId: Type.Optional(described(Id, 'The payment that it is about.')),
  paidOrderId: Type.Optional(described(Id, 'The order that was paid.')),
};

export const webhookEvents = defineEvents({
  WebhookReceived: eventData('A provider reported an event. It was kept before it was answered.', {
    webhookId: described(WebhookId, 'The provider, and its id of the event.'),
    ...webhookFields,
  }),
  WebhookDeferred: webhookEvent('It could not be carried out yet, and is tried again.', {
    attempt: described(Attempt, 'The try that failed, from 1 in each round.'),
    code: described(WebhookCode, 'Why, as the code of the provider or of the failure.'),
    retryAt: described(Instant, 'When it is tried again, in UTC.'),
  }),
  WebhookProcessed: webhookEvent('It was carried out: the provider was asked where needed.', {
    attempt: described(Attempt, 'The try that carried it out, from 1 in each round.'),
    ...resultFields,
  }),
  WebhookParked: webhookEvent('It could not be carried out and waits for a decision.', {
    attempt: described(Attempt, 'How often it was tried in this round.'),
    code: described(WebhookCode, 'Why, as the code of the provider or of the failure.'),
  }),
  WebhookRetried: webhookEvent('A person asked for another round of tries.', {
    round: Type.Integer({ minimum: 2, maximum: 1_000, description: 'The round, from 2.' }),
  }),
});

export type WebhookEvent = EventOf<typeof webhookEvents>;
