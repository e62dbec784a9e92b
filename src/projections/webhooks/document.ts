import { type Static, Type } from '@sinclair/typebox';

import { PROVIDERS } from '../../domain/kernel/providers.ts';
import { oneOf, optional, strict } from '../../domain/kernel/schema.ts';

export const WEBHOOK_STATUSES = ['received', 'ignored'] as const;

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
    status: oneOf(WEBHOOK_STATUSES, '`ignored`: of a type that this version does not know.'),
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
