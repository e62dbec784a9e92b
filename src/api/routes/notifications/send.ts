import type { NotificationResult } from '../../../commands/notifications/notify.ts';
import type { Topic } from '../../../domain/notifications/index.ts';
import { type ApiRequest, type Route, route } from '../../route.ts';
import type { Services } from '../../services.ts';
import { assertContact } from './contact.ts';
import { BatchBody, BatchResponse, SendBody, SendResponse } from './schemas.ts';

export const tag = 'Notifications';

interface Asked {
  readonly topic: Topic;
  readonly personId: string;
  readonly contact?: { readonly name?: string; readonly email?: string; readonly phone?: string };
  readonly language?: 'en' | 'es';
  readonly variables?: Readonly<Record<string, string>>;
}

function notify(
  { caller, commandId, correlationId, origin }: ApiRequest<unknown, unknown, unknown>,
  { notifier, phones }: Services,
  { variables = {}, ...asked }: Asked,
): Promise<NotificationResult> {
  assertContact(phones, asked.contact);
  return notifier.notify({
    storeId: caller.shop.id,
    notificationId: commandId,
    variables,
    ...asked,
    actor: caller.actor,
    correlationId,
    causationId: correlationId,
    origin,
  });
}

const responseOf = (personId: string, { deliveries, suppressed }: NotificationResult) => ({
  personId,
  deliveries: [...deliveries],
  suppressed: [...suppressed],
});

export const sendRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/notifications',
    operationId: 'sendNotification',
    summary: 'Notify a person by a template',
    description:
      "The person's choices, the limits per day and addresses that bounce decide by which channels. Each message is a delivery.",
    tag,
    permission: 'notifications:send',
    body: SendBody,
    status: 202,
    response: SendResponse,
    write: true,
    example: {
      topic: 'shipping-update',
      personId: 'customer-marta-0001',
      contact: { name: 'Marta', email: 'marta@example.org' },
      variables: { orderNumber: '1001', trackingNumber: 'TN-1' },
    },
    errors: ['template_invalid'],
    async handle(request, services) {
      const { body } = request;
      const result = await notify(request, services, body);
      return { status: 202, body: responseOf(body.personId, result) };
    },
  }),
  route({
    method: 'post',
    path: '/notifications/batch',
    operationId: 'sendNotifications',
    summary: 'Notify several customers of the same thing',
    tag,
    permission: 'notifications:send',
    body: BatchBody,
    status: 200,
    response: BatchResponse,
    write: true,
    heavy: true,
    example: { topic: 'welcome', personIds: ['customer-marta-0001', 'customer-ana-00002'] },
    errors: ['template_invalid'],
    async handle(request, services) {
      const { personIds, ...asked } = request.body;
      const items: ReturnType<typeof responseOf>[] = [];
      for (const personId of personIds) {
        items.push(responseOf(personId, await notify(request, services, { ...asked, personId })));
        await services.turns.take(request.caller.shop.id);
      }
      return { status: 200, body: { items } };
    },
  }),
];
