import { requestWebhook } from '../../../commands/webhook-subscriptions/request-webhook.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import { formatInstant } from '../../../domain/kernel/instant.ts';
import {
  SUBSCRIPTIONS_ID,
  TEST_EVENT,
  type WebhookSubscriptionCommand,
  webhookSubscriptionDecider,
  type WebhookSubscriptionEvent,
  type WebhookSubscriptions,
} from '../../../domain/webhook-subscriptions/index.ts';
import type { CommandResult } from '../../../engine/commands/command-engine.ts';
import { findSubscriptions } from '../../../projections/webhook-subscriptions/queries.ts';
import { query } from '../../query.ts';
import { eventOf, orNotFound, writeResult, writtenAt } from '../../responses.ts';
import { type ApiRequest, type Route, route } from '../../route.ts';
import { sequenceOf } from '../../sequence-of.ts';
import type { Services } from '../../services.ts';
import {
  AddBody,
  ChangeBody,
  GottenResponse,
  ListResponse,
  RemovedResponse,
  RotateBody,
  SecretResponse,
  subscriptionBody,
  SubscriptionParams,
  SubscriptionResponse,
  TestResponse,
} from './schemas.ts';

const tag = 'Webhook subscriptions';
const base = '/webhook-subscriptions';
const path = `${base}/:subscriptionId`;
const READ = 'integrations:read';
const MANAGE = 'integrations:manage';
const NOT_FOUND = 'webhook_subscription_not_found';
const SIGNED =
  'Webhooks are signed by the Standard Webhooks scheme: verify `webhook-signature` with the secret.';

type Result = CommandResult<WebhookSubscriptions, WebhookSubscriptionEvent>;

const execute = (
  request: ApiRequest<unknown, unknown, unknown>,
  command: WebhookSubscriptionCommand,
): Promise<Result> => request.execute(webhookSubscriptionDecider, SUBSCRIPTIONS_ID, command);

function bodyOf(result: Result, subscriptionId: string) {
  const known = result.state.byId[subscriptionId];
  if (!known) throw new InvariantError('a subscription after its command');
  return { ...subscriptionBody(known), ...writtenAt(result) };
}

const secretOf = (
  { subscriptionSecrets }: Services,
  request: ApiRequest<unknown, unknown, unknown>,
  { subscriptionId, secretId }: { readonly subscriptionId: string; readonly secretId: string },
) => subscriptionSecrets.secretOf(request.caller.shop.id, subscriptionId, secretId);

/** The systems of a shop that follow its events. */
export const webhookSubscriptionRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: base,
    operationId: 'addWebhookSubscription',
    summary: 'Have events sent to a system of the shop',
    description: `${SIGNED} The secret is shown only in this response. It begins with what happens from now on.`,
    tag,
    permission: MANAGE,
    body: AddBody,
    status: 201,
    response: SecretResponse,
    write: true,
    revisioned: true,
    located: true,
    sensitive: true,
    example: { url: 'https://erp.example.com/tillstream', events: ['order.refunded'] },
    errors: ['too_many_webhook_subscriptions'],
    async handle(request, services) {
      const subscriptionId = request.newEntityId();
      const data = { ...request.body, subscriptionId };
      const result = await execute(request, { type: 'AddSubscription', data });
      const added = eventOf(result, 'WebhookSubscriptionAdded').data;
      const secret = await secretOf(services, request, added);
      return {
        ...writeResult(201, result),
        location: `${base}/${subscriptionId}`,
        body: { ...bodyOf(result, subscriptionId), secret },
      };
    },
  }),
  query({
    path: base,
    operationId: 'listWebhookSubscriptions',
    summary: 'Systems that follow events, the oldest first',
    tag,
    permission: READ,
    response: ListResponse,
    async read({ reads, caller }) {
      const { items } = await findSubscriptions(reads, caller.shop.id);
      return { items };
    },
  }),
  query({
    path,
    operationId: 'getWebhookSubscription',
    summary: 'A system that follows events, and whether it takes them',
    tag,
    permission: READ,
    params: SubscriptionParams,
    response: GottenResponse,
    errors: [NOT_FOUND],
    revision: ({ revision }) => revision ?? 0,
    async read({ params: { subscriptionId }, reads, caller }) {
      const { items, revision } = await findSubscriptions(reads, caller.shop.id);
      const found = items.find((item) => item.subscriptionId === subscriptionId);
      return { ...orNotFound(found, NOT_FOUND, `subscription ${subscriptionId}`), revision };
    },
  }),
  route({
    method: 'patch',
    path,
    operationId: 'changeWebhookSubscription',
    summary: 'Change the address or the events, pause or resume',
    description:
      'What is not sent yet goes to the new address. While it is paused, nothing is kept for it: retry the parked webhooks afterwards.',
    tag,
    permission: MANAGE,
    params: SubscriptionParams,
    body: ChangeBody,
    status: 200,
    response: SubscriptionResponse,
    write: true,
    revisioned: true,
    example: { active: true },
    errors: [NOT_FOUND],
    async handle(request) {
      const { subscriptionId } = request.params;
      const data = { ...request.body, subscriptionId };
      const result = await execute(request, { type: 'ChangeSubscription', data });
      return { ...writeResult(200, result), body: bodyOf(result, subscriptionId) };
    },
  }),
  route({
    method: 'post',
    path: `${path}/rotate-secret`,
    operationId: 'rotateWebhookSecret',
    summary: 'Have webhooks signed with another secret',
    description:
      'For a while, 24 hours by default, they are signed with both: change the receiver in that time.',
    tag,
    permission: MANAGE,
    params: SubscriptionParams,
    body: RotateBody,
    status: 200,
    response: SecretResponse,
    write: true,
    revisioned: true,
    sensitive: true,
    example: { overlapHours: 24 },
    errors: [NOT_FOUND],
    async handle(request, services) {
      const { subscriptionId } = request.params;
      const data = { ...request.body, subscriptionId };
      const result = await execute(request, { type: 'RotateSecret', data });
      const secret = await secretOf(
        services,
        request,
        eventOf(result, 'WebhookSecretRotated').data,
      );
      return {
        ...writeResult(200, result),
        body: { ...bodyOf(result, subscriptionId), secret },
      };
    },
  }),
  route({
    method: 'post',
    path: `${path}/test`,
    operationId: 'testWebhookSubscription',
    summary: 'Send a webhook to try the address',
    description: `Its type is \`${TEST_EVENT}\`. It is sent also while the subscription is paused.`,
    tag,
    permission: MANAGE,
    params: SubscriptionParams,
    status: 202,
    response: TestResponse,
    write: true,
    errors: [NOT_FOUND],
    async handle(request, services) {
      const { subscriptionId } = request.params;
      const { commands, clock } = services;
      const storeId = request.caller.shop.id;
      const { state } = await commands.load(webhookSubscriptionDecider, storeId, SUBSCRIPTIONS_ID);
      orNotFound(state.byId[subscriptionId], NOT_FOUND, `subscription ${subscriptionId}`);
      const requestedAt = formatInstant(clock.now());
      const data = { storeId, subscriptionId };
      const deliveryId = await requestWebhook(sequenceOf(request, services), {
        ...{ subscriptionId, topic: TEST_EVENT, priority: 'HIGH' },
        body: JSON.stringify({ type: TEST_EVENT, timestamp: requestedAt, data }),
      });
      return { status: 202, body: { deliveryId, requestedAt } };
    },
  }),
  route({
    method: 'delete',
    path,
    operationId: 'removeWebhookSubscription',
    summary: 'Have no more events sent',
    description: 'What is not sent yet is cancelled.',
    tag,
    permission: MANAGE,
    params: SubscriptionParams,
    status: 200,
    response: RemovedResponse,
    write: true,
    revisioned: true,
    errors: [NOT_FOUND],
    async handle(request) {
      const { subscriptionId } = request.params;
      const result = await execute(request, {
        type: 'RemoveSubscription',
        data: { subscriptionId },
      });
      return { ...writeResult(200, result), body: { subscriptionId, ...writtenAt(result) } };
    },
  }),
];
