import type { Notification, Variables } from '../../commands/notifications/notify.ts';
import type { AccountOpened } from '../../domain/accounts/index.ts';
import type { UserEvent } from '../../domain/identity/index.ts';
import { formatMoney } from '../../domain/kernel/format-money.ts';
import { paymentReason, receiptOf } from '../../domain/notifications/index.ts';
import {
  netPaidMinor,
  type Order,
  orderDecider,
  type OrderEvent,
  type OrderStatusChanged,
} from '../../domain/orders/index.ts';
import type { PaymentEvent } from '../../domain/payments/index.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';

/** What an event notifies a person of. */
export type Notice = Pick<
  Notification,
  'topic' | 'personId' | 'variables' | 'about' | 'contact' | 'receipt'
>;

/** An event that a notice can follow from, and where it was recorded. */
export interface Source {
  readonly storeId: string;
  readonly actorKind: string;
  readonly recordedAt: string;
  readonly event: AccountOpened | OrderEvent | PaymentEvent | UserEvent;
}

/** Of these categories, the events that notify. */
export const NOTIFYING = {
  categories: ['order', 'payment', 'account', 'user'],
  eventTypes: ['OrderStatusChanged', 'PaymentFailed', 'AccountOpened', 'UserRegistered'],
} as const;

/** Undefined for an event that notifies no person. */
export async function noticeOf(
  { storeId, actorKind, recordedAt, event }: Source,
  commands: Pick<CommandEngine, 'load'>,
): Promise<Notice | undefined> {
  switch (event.type) {
    case 'OrderStatusChanged': {
      const topic = topicOf(event, actorKind);
      if (topic === undefined) return undefined;
      const order = await orderOf(commands, storeId, event.data.orderId);
      return order && ofOrder(topic, order, event, recordedAt);
    }
    case 'PaymentFailed': {
      const { orderId, reason } = event.data;
      const order = await orderOf(commands, storeId, orderId);
      return order && paymentFailure(order, reason);
    }
    case 'AccountOpened':
      return { topic: 'welcome', personId: event.data.customerId, variables: {} };
    case 'UserRegistered': {
      const { userId, personal } = event.data;
      const { email, firstName } = personal;
      return {
        ...{ topic: 'welcome', personId: userId, variables: {} },
        contact: { email, name: firstName },
      };
    }
    default:
      return undefined;
  }
}

type OrderTopic = 'order-confirmation' | 'payment-failure' | 'shipping-update';

function topicOf({ data }: OrderStatusChanged, actorKind: string): OrderTopic | undefined {
  switch (data.to) {
    case 'CONFIRMED':
      return 'order-confirmation';
    case 'SHIPPED':
      return 'shipping-update';
    case 'PAYMENT_FAILED':
      // A process reports what a PaymentFailed was about already.
      return actorKind === 'process' ? undefined : 'payment-failure';
    default:
      return undefined;
  }
}

type KnownOrder = Order & { readonly customerId: string };

/** Undefined for an order without a customer, and for one that was sold elsewhere. */
async function orderOf(
  commands: Pick<CommandEngine, 'load'>,
  storeId: string,
  orderId: string,
): Promise<KnownOrder | undefined> {
  const { state } = await commands.load(orderDecider, storeId, orderId);
  if (state.status === 'none' || state.customerId === undefined) return undefined;
  if (state.pricing === 'given') return undefined;
  return { ...state, customerId: state.customerId };
}

function ofOrder(
  topic: OrderTopic,
  order: KnownOrder,
  { data }: OrderStatusChanged,
  madeAt: string,
): Notice {
  if (topic === 'payment-failure') return paymentFailure(order, '');
  const { trackingNumber = '' } = data;
  if (topic === 'shipping-update') return aboutOrder(topic, order, { trackingNumber });
  const total = formatMoney(order.totals.totalMinor, order.currency);
  const paidMinor = netPaidMinor(order);
  return {
    ...aboutOrder(topic, order, { total }),
    receipt: (language, shopName) => receiptOf({ order, shopName, language, paidMinor, madeAt }),
  };
}

function paymentFailure(order: KnownOrder, code: string): Notice {
  const { orderId } = order;
  const notice = aboutOrder('payment-failure', order, {});
  const variables: Notice['variables'] = (language) => ({
    orderNumber: orderId,
    reason: paymentReason(code, language),
  });
  return { ...notice, variables };
}

function aboutOrder(topic: OrderTopic, order: KnownOrder, variables: Variables): Notice {
  const { orderId, customerId } = order;
  return {
    ...{ topic, personId: customerId, about: orderId },
    variables: { orderNumber: orderId, ...variables },
  };
}
