import { amountOf, inDrawer, type Make, maybe, some, text, type Wishes } from './draft.ts';
import { orderProduct, reserve } from './stock.ts';

const PROVIDER_METHODS = ['credit_card', 'debit_card', 'qr'] as const;

/** An order that runs by itself: stock, payment, confirmation. */
const fulfilOrder: Make = (view, rnd) => {
  const order = orderProduct(view, rnd);
  if (!order || order.path !== '/orders') return order;
  return {
    ...order,
    body: {
      ...(order.body as object),
      fulfilment: 'auto',
      ...maybe(rnd, 0.5, () => ({ paymentMethod: rnd.pick(PROVIDER_METHODS) })),
    },
  };
};

/** The same, charged to the account of a customer, whose limit may refuse it. */
const fulfilOnAccount: Make = (view, rnd) => {
  const order = fulfilOrder(view, rnd);
  const customerId = some(view.customers, rnd);
  if (!order || order.path !== '/orders' || customerId === undefined) return undefined;
  const body = { ...(order.body as object), paymentMethod: 'on_account', customerId };
  return { ...order, body };
};

/** The newest order, which may be on its way: its charge runs, or is about to be refunded. */
const cancelNewest: Make = (view) => {
  const order = view.orders.at(-1);
  return order && { path: `/orders/${order.orderId}/cancel`, body: { reason: text(view, 'Gone') } };
};

const requestPayment: Make = (view, rnd) => {
  const order = some(view.orders, rnd);
  if (!order) return undefined;
  return {
    path: '/payment-attempts',
    body: {
      orderId: order.orderId,
      method: rnd.pick(PROVIDER_METHODS),
      amountMinor: amountOf(rnd, order.dueMinor),
      currency: view.currency,
      ...inDrawer(view, rnd, 0.3),
      ...maybe(rnd, 0.2, () => ({ tipMinor: rnd.below(200) })),
    },
  };
};

const requestRefund: Make = (view, rnd) => {
  const paymentId = some(view.payments, rnd);
  if (paymentId === undefined) return reserve(view, rnd);
  return {
    path: `/payment-attempts/${paymentId}/refunds`,
    body: {
      reason: text(view, 'Cold'),
      currency: view.currency,
      ...maybe(rnd, 0.5, () => ({ amountMinor: 1 + rnd.below(3_000) })),
    },
  };
};

export const paymentWishes: Wishes = [
  ['fulfilOrder', 8, fulfilOrder],
  ['fulfilOnAccount', 3, fulfilOnAccount],
  ['cancelOrder', 3, cancelNewest],
  ['requestPayment', 4, requestPayment],
  ['requestRefund', 2, requestRefund],
];
