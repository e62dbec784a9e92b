import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import { described, eventData, Id, Instant, oneOf } from '../kernel/schema.ts';
import { FOLLOWED_EVENT_NAMES } from './followed-events.ts';

/** Subscriptions of one shop. */
export const MAX_SUBSCRIPTIONS = 20;

/**
 * Why a subscription sends nothing: a `person` paused it, deliveries were `failing` for a day, or
 * the receiver said that it is `gone`.
 */
export const PAUSE_CAUSES = ['person', 'failing', 'gone'] as const;
export type PauseCause = (typeof PAUSE_CAUSES)[number];

/** Without user, password and fragment. Where it leads is checked with every call. */
export const ReceiverUrl = Type.String({
  pattern: '^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!"$-~]*)?$',
  maxLength: 1_000,
  description:
    'Where webhooks are posted: `https`, or `http` to a destination in OUTGOING_ALLOWED. It is shown in history: put no secret into it.',
});
export const EventNames = Type.Array(oneOf(FOLLOWED_EVENT_NAMES), {
  minItems: 1,
  maxItems: FOLLOWED_EVENT_NAMES.length,
  uniqueItems: true,
  description: 'The events that are sent.',
});
export const Description = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'What it is for.',
});
export const FailureCode = Type.String({
  pattern: '^[a-z0-9_.-]{1,64}$',
  description: 'Code of the last failure.',
});

const SecretId = Type.String({
  minLength: 16,
  maxLength: 64,
  description: 'Names the secret that signs. It itself is in no event.',
});
const about = { subscriptionId: described(Id, 'The subscription.') };

export const webhookSubscriptionEvents = defineEvents({
  WebhookSubscriptionAdded: eventData('A system of the shop follows events.', {
    ...about,
    url: ReceiverUrl,
    events: EventNames,
    description: Type.Optional(Description),
    secretId: SecretId,
  }),
  WebhookSubscriptionChanged: eventData('A subscription has another address or other events.', {
    ...about,
    url: Type.Optional(ReceiverUrl),
    events: Type.Optional(EventNames),
    description: Type.Optional(Description),
  }),
  WebhookSecretRotated: eventData('A subscription has another secret.', {
    ...about,
    secretId: SecretId,
    previousUntil: described(
      Instant,
      'Webhooks are signed with the secret before, too, until then.',
    ),
  }),
  WebhookSubscriptionPaused: eventData('A subscription sends nothing any more.', {
    ...about,
    cause: oneOf(PAUSE_CAUSES, 'Why.'),
    code: Type.Optional(FailureCode),
  }),
  WebhookSubscriptionResumed: eventData('A subscription sends again.', about),
  WebhookSubscriptionFailing: eventData('Webhooks of a subscription were not taken.', {
    ...about,
    since: described(Instant, 'When the first of them was parked.'),
    code: FailureCode,
  }),
  WebhookSubscriptionRecovered: eventData('The receiver takes webhooks again.', {
    ...about,
    at: described(Instant, 'When it took one.'),
  }),
  WebhookSubscriptionRemoved: eventData('A system of the shop follows events no more.', about),
});

export type WebhookSubscriptionEvent = EventOf<typeof webhookSubscriptionEvents>;
