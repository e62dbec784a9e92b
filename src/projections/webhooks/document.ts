import { type Static, Type } from '@sinclair/typebox';

import { PROVIDERS } from '../../domain/kernel/providers.ts';
import { oneOf, optional, strict } from '../../domain/kernel/schema.ts';
import { WEBHOOK_EFFECTS } from '../../domain/webhooks/events.ts';

export const WEBHOOK_STATUSES = [
  ...(['received', 'waiting', 'processed', 'parked', 'ignored'] as const),
] as const;

/** What a provider reported about one event, without the body. */
export const WebhookSchema = strict(
  {
    webhookId: Type.String(),
    revision: Type.Integer(),
    provider: oneOf(PROVIDERS),
    app: Type.String({ description: 'The app of the provider.' }),
    account: Type.String({ description: 'The account at the provider.' }),
    eventId: Type.String({ description: 'The id of the event at the provider.' }),
    eventType: Type.String(),
    status: oneOf(
      WEBHOOK_STATUSES,
      '`waiting`: it could not be carried out yet. `parked`: it waits for a person. `ignored`: of a type that this version does not know.',
    ),
    effect: optional(oneOf(WEBHOOK_EFFECTS, 'What followed from it.')),
    paymentId: optional(Type.String({ description: 'The payment attempt that it is about.' })),
    paidOrderId: optional(Type.String({ description: 'The order of this shop that was paid.' })),
    attempts: Type.Integer({ description: 'Tries of the last round.' }),
    code: optional(Type.String({ description: 'Why it waits or is parked.' })),
    retryAt: optional(Type.String({ description: 'When it is tried again, in UTC.' })),
    processedAt: optional(Type.String()),
    parkedAt: optional(Type.String()),
    isSigned: Type.Boolean({ description: '`false`: a hint, which only leads to a look-up.' }),
    entityType: optional(Type.String()),
    entityId: optional(Type.String({ description: 'The id of the entity at the provider.' })),
    orderId: optional(Type.String({ description: 'The id of its order at the provider.' })),
    occurredAt: optional(Type.String({ description: 'When it happened, as the provider says.' })),
    receivedAt: Type.String({ description: 'When it was first received, in UTC.' }),
    bodySha256: Type.String(),
  },
  { $id: 'Webhook' },
);

export type Webhook = Static<typeof WebhookSchema>;
