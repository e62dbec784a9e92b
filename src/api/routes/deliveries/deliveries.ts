import { deliveryCommands, deliveryDecider } from '../../../domain/deliveries/index.ts';
import { DomainError } from '../../../domain/kernel/errors.ts';
import { DeliverySchema, DeliverySummarySchema } from '../../../projections/deliveries/document.ts';
import {
  findDelivery,
  listDeliveries,
  parkedSince,
} from '../../../projections/deliveries/queries.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse } from '../../responses.ts';
import { type Route, route } from '../../route.ts';
import { pageOf } from '../../schemas.ts';
import { assertPhoneNumber } from '../notifications/contact.ts';
import { deliveryCommand, tag, unsentErrors } from './responses.ts';
import {
  DeliveryParams,
  listQuery,
  MAX_BULK_RETRY,
  RequestBody,
  RetryAllBody,
  RetryAllResponse,
} from './schemas.ts';

export const deliveryRoutes: readonly Route[] = [
  deliveryCommand('RequestDelivery', {
    path: '/deliveries',
    operationId: 'requestDelivery',
    summary: 'Send a message',
    description:
      'The response means that the request is recorded. The message is sent afterwards, and sent again until it is accepted, refused for good, or seven days old.',
    permission: 'deliveries:manage',
    creates: true,
    status: 202,
    body: RequestBody,
    data({ body }, { phones }) {
      if (body.channel === 'sms') assertPhoneNumber(phones, body.recipient, '/recipient');
      return { ...body, queue: 'notification-sending' };
    },
    example: {
      channel: 'email',
      priority: 'NORMAL',
      recipient: 'marta@example.org',
      content: { subject: 'Your table', text: 'Your table is ready at eight.' },
    },
  }),
  query({
    path: '/deliveries',
    operationId: 'listDeliveries',
    summary: 'Messages that leave the system, the newest first',
    description: 'With `state=parked`: those that could not be sent and wait for a decision.',
    tag,
    permission: 'deliveries:read',
    query: listQuery,
    response: pageOf(DeliverySummarySchema),
    async read({ query: { limit, cursor, ...filter }, reads }) {
      return pageResponse(await listDeliveries(reads, filter, { limit, cursor }));
    },
  }),
  query({
    path: '/deliveries/:deliveryId',
    operationId: 'getDelivery',
    summary: 'A message with its attempts and their results',
    tag,
    permission: 'deliveries:read',
    params: DeliveryParams,
    response: DeliverySchema,
    errors: ['delivery_not_found'],
    revision: ({ revision }) => revision,
    async read({ params: { deliveryId }, reads, caller }) {
      const delivery = await findDelivery(reads, caller.shop.id, deliveryId);
      return orNotFound(delivery, 'delivery_not_found', `delivery ${deliveryId}`);
    },
  }),
  deliveryCommand('RetryDelivery', {
    path: '/deliveries/:deliveryId/retry',
    operationId: 'retryDelivery',
    summary: 'Send a parked message again, or a waiting one at once',
    permission: 'deliveries:manage',
    example: {},
    errors: unsentErrors,
  }),
  deliveryCommand('EditDelivery', {
    path: '/deliveries/:deliveryId/resend',
    operationId: 'editDelivery',
    summary: 'Correct a parked message and send it again',
    permission: 'deliveries:manage',
    body: deliveryCommands.schemas.EditDelivery,
    data({ body }, { phones }) {
      const { recipient } = body;
      if (recipient?.startsWith('+')) assertPhoneNumber(phones, recipient, '/recipient');
      return body;
    },
    example: { recipient: 'marta.ruiz@example.org' },
    errors: [
      'delivery_not_found',
      'delivery_not_parked',
      'delivery_succeeded',
      'delivery_in_progress',
      'delivery_cancelled',
    ],
  }),
  deliveryCommand('CancelDelivery', {
    path: '/deliveries/:deliveryId/cancel',
    operationId: 'cancelDelivery',
    summary: 'Send a waiting or parked message no more',
    permission: 'deliveries:manage',
    example: { reason: 'The table is free again' },
    errors: unsentErrors,
  }),
  route({
    method: 'post',
    path: '/deliveries/retry',
    operationId: 'retryDeliveries',
    summary: 'Send all messages again that were parked since a time',
    description: `The oldest first, ${MAX_BULK_RETRY} at most. Repeat with a new key while \`more\` is true.`,
    tag,
    permission: 'deliveries:manage',
    body: RetryAllBody,
    status: 200,
    response: RetryAllResponse,
    write: true,
    waits: true,
    heavy: true,
    example: { since: '2030-01-31T08:00:00Z' },
    async handle(request) {
      const { reads, body } = request;
      const since = new Date(body.since).toISOString();
      const parked = await parkedSince(reads, since, MAX_BULK_RETRY + 1);
      const retried: string[] = [];
      for (const { deliveryId } of parked.slice(0, MAX_BULK_RETRY)) {
        const command = { type: 'RetryDelivery', data: {} } as const;
        try {
          await request.execute(deliveryDecider, deliveryId, command);
          retried.push(deliveryId);
        } catch (error) {
          // Another request was faster: it is being sent, or sent, already.
          if (!(error instanceof DomainError) || error.kind !== 'refused') throw error;
        }
      }
      return { status: 200, body: { retried, more: parked.length > MAX_BULK_RETRY } };
    },
  }),
];
