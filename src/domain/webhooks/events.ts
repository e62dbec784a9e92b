import { Type } from '@sinclair/typebox';

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

export const webhookEvents = defineEvents({
  WebhookReceived: eventData('A provider reported an event. It was kept before it was answered.', {
    webhookId: described(WebhookId, 'The provider, and its id of the event.'),
    ...webhookFields,
  }),
});

export type WebhookEvent = EventOf<typeof webhookEvents>;
