import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { durable } from '../../engine/processes/durable/open-durable.ts';
import { fulfilmentHandlers } from './handlers.ts';
import { reactToFulfilment } from './reaction.ts';
import { type FulfilmentState, NO_FULFILMENT } from './state.ts';

function orderOf({ data }: RecordedEvent): string | undefined {
  const { orderId } = data as { readonly orderId?: string };
  return orderId;
}

/**
 * Fulfils the orders that ask for it (O4): verifies and reserves stock, has the payment taken, and
 * takes the stock out; when one of these fails, all of it is put back. One instance per order.
 */
export const fulfilment = durable<FulfilmentState>({
  name: 'fulfilment',
  categories: ['order', 'payment'],
  eventTypes: [
    'FulfilmentRequested',
    'OrderCancelled',
    'PaymentSucceeded',
    'PaymentApplied',
    'PaymentFailed',
    'PaymentRefunded',
    'PaymentRefundFailed',
  ],
  correlate: orderOf,
  initialState: NO_FULFILMENT,
  react: reactToFulfilment,
  priority: ({ priority }) => priority,
  handlers: fulfilmentHandlers,
});
