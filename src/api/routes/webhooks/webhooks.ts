import { Type } from '@sinclair/typebox';

import { streamName } from '../../../domain/kernel/names.ts';
import { PROVIDERS } from '../../../domain/kernel/providers.ts';
import { described, Id, oneOf, optional } from '../../../domain/kernel/schema.ts';
import {
  webhookCommands,
  webhookDecider,
  type WebhookEvent,
} from '../../../domain/webhooks/index.ts';
import { WEBHOOK_STATUSES, WebhookSchema } from '../../../projections/webhooks/document.ts';
import { findWebhook, listWebhooks } from '../../../projections/webhooks/queries.ts';
import { commandRoutes } from '../../command.ts';
import { query } from '../../query.ts';
import { eventOf, orNotFound, pageResponse, writtenAt } from '../../responses.ts';
import type { Route } from '../../route.ts';
import { pageOf, pageQuery, written } from '../../schemas.ts';

const tag = 'Webhooks';
const params = Type.Object({ webhookId: described(Id, 'The provider, and its id of the event.') });

const WebhookBodySchema = Type.Object(
  {
    webhookId: Type.String(),
    bodySha256: Type.String(),
    body: optional(
      Type.String({ description: 'Absent when it was too large, or its key was destroyed.' }),
    ),
  },
  { additionalProperties: false, $id: 'WebhookBody' },
);

const RetriedSchema = Type.Object(
  { round: Type.Integer({ description: 'The round of tries that begins.' }), ...written },
  { additionalProperties: false, $id: 'WebhookRetried' },
);

const command = commandRoutes({
  tag,
  decider: webhookDecider,
  commands: webhookCommands,
  id: 'webhookId',
  response: RetriedSchema,
  respond: (result) => {
    const { round } = eventOf(result, 'WebhookRetried').data;
    return { round, ...writtenAt(result) };
  },
});

/** What providers reported, as it was kept. */
export const webhookRoutes: readonly Route[] = [
  query({
    path: '/webhook-notices',
    operationId: 'listWebhooks',
    summary: 'Webhooks of providers, newest first',
    description:
      '`eventId`, `entityId` and `orderId` are ids at the provider: they find what became of an event, and all that came about an entity. With `status=parked`: those that wait for a person.',
    tag,
    permission: 'integrations:read',
    query: Type.Object({
      provider: optional(oneOf(PROVIDERS)),
      status: optional(oneOf(WEBHOOK_STATUSES)),
      eventId: optional(Id),
      entityId: optional(Id),
      orderId: optional(Id),
      paymentId: optional(Id),
      ...pageQuery,
    }),
    response: pageOf(WebhookSchema),
    async read({ query: { limit, cursor, ...filter }, reads }) {
      return pageResponse(await listWebhooks(reads, filter, { limit, cursor }));
    },
  }),
  query({
    path: '/webhook-notices/:webhookId',
    operationId: 'getWebhook',
    summary: 'A webhook of a provider',
    tag,
    permission: 'integrations:read',
    params,
    response: WebhookSchema,
    errors: ['webhook_not_found'],
    revision: ({ revision }) => revision,
    async read({ params: { webhookId }, reads, caller }) {
      const webhook = await findWebhook(reads, caller.shop.id, webhookId);
      return orNotFound(webhook, 'webhook_not_found', `webhook ${webhookId}`);
    },
  }),
  command('RetryWebhook', {
    path: '/webhook-notices/:webhookId/retry',
    operationId: 'retryWebhook',
    summary: 'Carry a parked webhook out again',
    description: 'It is tried at once, and again as often as the first time.',
    permission: 'integrations:manage',
    params,
    example: {},
    errors: ['webhook_not_found', 'webhook_not_parked', 'webhook_retried_too_often'],
  }),
  query({
    path: '/webhook-notices/:webhookId/body',
    operationId: 'getWebhookBody',
    summary: 'What a provider sent, word for word',
    description:
      'It can hold personal data. Of a request about several companies, the part of one.',
    tag,
    permission: 'integrations:manage',
    params,
    response: WebhookBodySchema,
    errors: ['webhook_not_found'],
    waits: false,
    async read({ params: { webhookId }, caller }, { log, webhookBodies }) {
      const storeId = caller.shop.id;
      const [first] = await log.readStream(streamName(webhookDecider.category, storeId, webhookId));
      const event = first as unknown as WebhookEvent | undefined;
      const found = event?.type === 'WebhookReceived' ? event : undefined;
      const { data } = orNotFound(found, 'webhook_not_found', `webhook ${webhookId}`);
      const { bodySha256, body: sealed } = data;
      const body =
        sealed === undefined ? undefined : await webhookBodies.open(storeId, webhookId, sealed);
      return { webhookId, bodySha256, ...(body !== undefined && { body }) };
    },
  }),
];
