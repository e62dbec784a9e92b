import { amountOf, inDrawer, type Make, maybe, METHODS, some, text, type Wishes } from './draft.ts';

export const placeOrder: Make = (view, rnd) => {
  const lines = Array.from({ length: 1 + rnd.below(3) }, (_, i) => ({
    lineId: `line-${i}`,
    name: text(view, 'Goods'),
    quantity: rnd.pick(['1', '2', '0.333', '1.5', '3']),
    unitPriceMinor: 1 + rnd.below(5_000),
  }));
  const { currency } = view;
  const customerId = some(view.customers, rnd);
  return {
    path: '/orders',
    body: {
      currency,
      lines,
      ...maybe(rnd, 0.3, () => ({
        discounts: [
          { discountId: 'd', name: 'Morning', percentage: rnd.pick(['10', '7.5', '33']) },
        ],
      })),
      ...maybe(rnd, 0.5, () => ({
        taxes: [
          {
            taxId: 't',
            name: 'VAT',
            percentage: rnd.pick(['8.5', '19', '21']),
            kind: rnd.pick(['exclusive', 'inclusive']),
          },
        ],
      })),
      ...maybe(rnd, 0.2, () => ({
        serviceCharges: [{ chargeId: 's', name: 'Service', percentage: '10', taxable: true }],
      })),
      ...maybe(rnd, 0.2, () => ({ tipMinor: rnd.below(300) })),
      ...maybe(rnd, 0.4, () => (customerId === undefined ? {} : { customerId })),
      // Without a draw of its own, so that the seeds that are kept still tell the same story.
      ...((lines[0]?.unitPriceMinor ?? 0) % 3 === 0 && { cashRoundingMinor: 5 }),
      note: text(view, 'Note'),
    },
  };
};

const payOrder: Make = (view, rnd) => {
  const order = some(view.orders, rnd);
  if (!order) return undefined;
  const method = rnd.pick(METHODS);
  const amountMinor = amountOf(rnd, order.dueMinor);
  return {
    path: `/orders/${order.orderId}/payments`,
    body: {
      method,
      amountMinor,
      currency: view.currency,
      ...inDrawer(view, rnd, 0.5),
      ...maybe(rnd, 0.2, () => ({ tipMinor: rnd.below(200) })),
      ...(method === 'cash' && maybe(rnd, 0.4, () => ({ tenderedMinor: amountMinor + 500 }))),
    },
    ...maybe(rnd, 0.1, () => ({ ifRevision: order.revision })),
  };
};

const payOnAccount: Make = (view, rnd) => {
  const order = some(view.orders, rnd);
  if (!order) return undefined;
  const customerId = some(view.customers, rnd) ?? 'nobody';
  return {
    path: `/orders/${order.orderId}/payments`,
    body: {
      method: 'on_account',
      customerId,
      amountMinor: amountOf(rnd, order.dueMinor),
      currency: view.currency,
      note: text(view, 'Tab'),
      ...inDrawer(view, rnd, 0.3),
    },
  };
};

const refund: Make = (view, rnd) => {
  const paid = view.orders.filter(({ paidMinor }) => paidMinor > 0);
  const order = some(paid, rnd) ?? some(view.orders, rnd);
  if (!order) return undefined;
  return {
    path: `/orders/${order.orderId}/refunds`,
    body: {
      reason: text(view, 'Cold'),
      currency: view.currency,
      ...inDrawer(view, rnd, 0.3),
      ...maybe(rnd, 0.5, () => ({ amountMinor: amountOf(rnd, order.paidMinor) })),
    },
  };
};

const adjustTip: Make = (view, rnd) => {
  const paid = view.orders.filter(({ paymentIds }) => paymentIds.length > 0);
  const order = some(paid, rnd);
  if (!order) return undefined;
  return {
    path: `/orders/${order.orderId}/tips`,
    body: {
      paymentId: rnd.pick(order.paymentIds),
      tipMinor: rnd.below(400),
      currency: view.currency,
      ...inDrawer(view, rnd, 0.2),
      ...maybe(rnd, 0.8, () => ({ reason: text(view, 'As on the slip') })),
    },
  };
};

const change =
  (what: 'status' | 'cancel' | 'voids' | 'comps'): Make =>
  (view, rnd) => {
    const order = some(view.orders, rnd);
    if (!order) return undefined;
    const lineId = rnd.pick(order.lineIds);
    const reason = text(view, 'Because');
    const statuses = ['PROCESSING', 'PAYMENT_PENDING', 'CONFIRMED', 'SHIPPED', 'DELIVERED'];
    const bodies = {
      status: { status: rnd.pick(statuses), reason },
      cancel: { reason },
      voids: { lineId, reason },
      comps: { ...maybe(rnd, 0.7, () => ({ lineId })), reason, approvedBy: 'Ana' },
    };
    return {
      path: `/orders/${order.orderId}/${what}`,
      body: bodies[what],
      ...maybe(rnd, 0.2, () => ({ ifRevision: order.revision })),
    };
  };

export const orderWishes: Wishes = [
  ['placeOrder', 18, placeOrder],
  ['payOrder', 16, payOrder],
  ['payOnAccount', 12, payOnAccount],
  ['refundOrder', 9, refund],
  ['adjustTip', 4, adjustTip],
  ['reportOrderStatus', 5, change('status')],
  ['cancelOrder', 3, change('cancel')],
  ['voidOrderLine', 4, change('voids')],
  ['compOrder', 3, change('comps')],
];
