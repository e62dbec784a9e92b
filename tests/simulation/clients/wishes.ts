import type { Role } from '../../../src/domain/kernel/shop.ts';
import { keyOf, markOf } from '../nodes/shops.ts';
import type { Prng } from '../world/prng.ts';
import type { Wish } from './history.ts';
import type { KnownDrawer, ShopView } from './shop-view.ts';

interface Draft {
  readonly method?: 'POST' | 'PUT';
  readonly path: string;
  readonly body: unknown;
  readonly role?: Role;
  readonly ifRevision?: number;
}

type Make = (view: ShopView, rnd: Prng) => Draft | undefined;

const METHODS = ['cash', 'credit_card', 'debit_card', 'bank_transfer', 'qr'] as const;

const some = <T>(items: readonly T[], rnd: Prng): T | undefined =>
  items.length === 0 ? undefined : items[items.length - 1 - rnd.zipf(items.length)];
const text = (view: ShopView, what: string) => `${what} ${markOf(view.id)}`;
const maybe = <T extends object>(rnd: Prng, chance: number, fields: () => T): Partial<T> =>
  rnd.chance(chance) ? fields() : {};

const placeOrder: Make = (view, rnd) => {
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

/** The whole, a part, or more than there is. */
function amountOf(rnd: Prng, wholeMinor: number): number {
  if (wholeMinor <= 0 || rnd.chance(0.1)) return 1 + rnd.below(3_000);
  return rnd.chance(0.5) ? wholeMinor : 1 + rnd.below(wholeMinor);
}

/** One of the drawer sessions, closed ones too: a payment can arrive late. */
const inDrawer = (view: ShopView, rnd: Prng, chance: number) =>
  maybe(rnd, chance, () => {
    const drawer = some(view.drawers, rnd);
    return drawer ? { drawerId: drawer.drawerId } : {};
  });

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

const openAccount: Make = (view, rnd) => ({
  path: '/customers',
  body: {
    currency: view.currency,
    name: text(view, 'Marta'),
    creditLimitMinor: rnd.chance(0.3) ? null : rnd.below(20_000),
    ...maybe(rnd, 0.3, () => ({ blockWhenOverdue: true })),
  },
});

const ofCustomer =
  (part: string, bodyOf: (view: ShopView, rnd: Prng) => unknown, method?: 'PUT'): Make =>
  (view, rnd) => {
    const customerId = some(view.customers, rnd);
    if (customerId === undefined) return openAccount(view, rnd);
    const path = `/customers/${customerId}${part === '' ? '' : `/${part}`}`;
    return { path, body: bodyOf(view, rnd), ...(method && { method }) };
  };

const terms = ofCustomer('terms', (_, rnd) => ({ creditLimitMinor: rnd.below(30_000) }), 'PUT');
const contact = ofCustomer(
  '',
  (view, rnd) => ({
    name: text(view, rnd.pick(['Marta', 'Ruth', 'Åse'])),
    ...maybe(rnd, 0.5, () => ({ phone: `+34 600 ${rnd.below(1_000)}` })),
  }),
  'PUT',
);
const openDebt = ofCustomer('debts', (view, rnd) => ({
  amountMinor: 1 + rnd.below(4_000),
  currency: view.currency,
  note: text(view, 'Groceries'),
  ...maybe(rnd, 0.3, () => ({ dueDate: '2027-01-31' })),
  ...maybe(rnd, 0.2, () => ({ kind: 'opening' })),
}));
const payAccount = ofCustomer('payments', (view, rnd) => ({
  method: rnd.pick(METHODS),
  amountMinor: 1 + rnd.below(6_000),
  currency: view.currency,
  ...inDrawer(view, rnd, 0.3),
}));
const allocateCredit = ofCustomer('credit-allocations', () => ({}));
const payOut = ofCustomer('payouts', (view, rnd) => ({
  amountMinor: 1 + rnd.below(2_000),
  currency: view.currency,
  reason: text(view, 'Closing'),
  ...inDrawer(view, rnd, 0.3),
}));

const writeOff: Make = (view, rnd) => {
  const debt = some(view.debts, rnd);
  if (!debt) return undefined;
  return {
    path: `/customers/${debt.customerId}/debts/${encodeURIComponent(debt.debtId)}/write-off`,
    body: { reason: text(view, 'Moved'), approvedBy: 'Ana' },
  };
};

const openDrawer: Make = (view, rnd) => ({
  path: '/drawers',
  body: {
    tillId: text(view, `till ${rnd.below(3)}`),
    currency: view.currency,
    openingFloatMinor: rnd.below(10_000),
  },
});

const ofDrawer =
  (part: string, bodyOf: (view: ShopView, rnd: Prng, drawer: KnownDrawer) => unknown): Make =>
  (view, rnd) => {
    const drawer = some(view.drawers, rnd);
    if (!drawer) return openDrawer(view, rnd);
    return { path: `/drawers/${drawer.drawerId}/${part}`, body: bodyOf(view, rnd, drawer) };
  };

const moveCash = ofDrawer('movements', (view, rnd) => ({
  direction: rnd.pick(['in', 'out']),
  amountMinor: 1 + rnd.below(2_000),
  currency: view.currency,
  reason: text(view, 'Change'),
}));
const countDrawer = ofDrawer('counts', (_, rnd, { expectedMinor }) => {
  const variance = rnd.chance(0.6) ? 0 : rnd.below(800) - 400;
  const countedMinor = Math.max(0, expectedMinor + variance);
  return {
    denominations: countedMinor === 0 ? [] : [{ valueMinor: countedMinor, count: 1 }],
    countedBy: 'Ana',
  };
});
const approveVariance = ofDrawer('approvals', (view) => ({
  reason: text(view, 'Wrong change'),
  approvedBy: 'Ana',
}));
const closeDrawer = ofDrawer('close', (view, rnd) => {
  const order = some(view.orders, rnd);
  return { unfinishedOrderIds: order ? [order.orderId] : [] };
});
const correctDrawer = ofDrawer('corrections', (view, rnd) => ({
  cashMinor: 1 + rnd.below(300),
  currency: view.currency,
  reason: text(view, 'Counted again'),
  approvedBy: 'Ana',
}));

const createProduct: Make = (view, rnd) => ({
  path: '/products',
  body: {
    name: text(view, rnd.pick(['Beans', 'Café', 'Tea'])),
    currency: view.currency,
    priceMinor: 100 + rnd.below(900),
    stockPolicy: rnd.chance(0.7) ? 'tracked' : 'negative-allowed',
    ...maybe(rnd, 0.6, () => ({ sku: rnd.pick(['A', 'a', 'B']) })),
  },
});

const ofProduct =
  (pathOf: (productId: string) => string, bodyOf: (rnd: Prng) => unknown, method?: 'PUT'): Make =>
  (view, rnd) => {
    const productId = some(view.products, rnd);
    if (productId === undefined) return createProduct(view, rnd);
    return { path: pathOf(productId), body: bodyOf(rnd), ...(method && { method }) };
  };

const stockPath = (part: string) => (productId: string) => `/inventory/${productId}/${part}`;
const changePrice = ofProduct(
  (productId) => `/products/${productId}`,
  (rnd) => ({ priceMinor: 100 + rnd.below(900) }),
  'PUT',
);
const replenish = ofProduct(stockPath('replenishments'), (rnd) => ({ quantity: 1 + rnd.below(6) }));
const reserve = ofProduct(stockPath('reservations'), (rnd) => ({
  quantity: 1 + rnd.below(3),
  expiresInSeconds: rnd.chance(0.5) ? 1 : 600,
}));
const adjust = ofProduct(stockPath('adjustments'), (rnd) => ({
  change: rnd.chance(0.5) ? -1 : 1,
  reason: 'Counted',
}));
const transfer = ofProduct(stockPath('transfers'), (rnd) => ({
  fromLocationId: 'main',
  toLocationId: 'store-room',
  quantity: 1 + rnd.below(2),
}));

const endReservation =
  (how: 'confirm' | 'release'): Make =>
  (view, rnd) => {
    const kept = some(view.reservations, rnd);
    if (!kept) return reserve(view, rnd);
    const { productId, reservationId } = kept;
    return { path: `/inventory/${productId}/reservations/${reservationId}/${how}`, body: {} };
  };

const orderProduct: Make = (view, rnd) => {
  const productId = some(view.products, rnd);
  if (productId === undefined) return createProduct(view, rnd);
  const { currency } = view;
  return { path: '/orders', body: { currency, lines: [{ productId, quantity: '1' }] } };
};

/** What people do, and how often. */
const WISHES: readonly (readonly [operation: string, weight: number, make: Make])[] = [
  ['placeOrder', 18, placeOrder],
  ['payOrder', 16, payOrder],
  ['payOnAccount', 12, payOnAccount],
  ['refundOrder', 9, refund],
  ['reportOrderStatus', 5, change('status')],
  ['cancelOrder', 3, change('cancel')],
  ['voidOrderLine', 4, change('voids')],
  ['compOrder', 3, change('comps')],
  ['openAccount', 5, openAccount],
  ['changeTerms', 2, terms],
  ['changeContact', 2, contact],
  ['openDebt', 8, openDebt],
  ['payAccount', 8, payAccount],
  ['allocateCredit', 3, allocateCredit],
  ['payOutCash', 3, payOut],
  ['writeOffDebt', 3, writeOff],
  ['createProduct', 2, createProduct],
  ['changePrice', 1, changePrice],
  ['replenishStock', 3, replenish],
  ['reserveStock', 4, reserve],
  ['confirmReservation', 3, endReservation('confirm')],
  ['releaseReservation', 1, endReservation('release')],
  ['adjustStock', 1, adjust],
  ['transferStock', 1, transfer],
  ['orderProduct', 2, orderProduct],
  ['openDrawer', 1, openDrawer],
  ['moveCash', 1, moveCash],
  ['countDrawer', 2, countDrawer],
  ['approveVariance', 1, approveVariance],
  ['closeDrawer', 2, closeDrawer],
  ['correctDrawer', 1, correctDrawer],
];
const WEIGHT = WISHES.reduce((sum, [, weight]) => sum + weight, 0);

/** Something that somebody in the shop wants done now. */
export function drawWish(view: ShopView, rnd: Prng, key: string): Wish {
  let left = rnd.below(WEIGHT);
  const found = WISHES.find(([, weight]) => (left -= weight) < 0);
  const draft = found?.[2](view, rnd);
  if (!found || !draft) return wishOf('placeOrder', placeOrder(view, rnd) as Draft, view, key);
  return wishOf(found[0], draft, view, key);
}

function wishOf(operation: string, draft: Draft, view: ShopView, key: string): Wish {
  const { method = 'POST', path, body, role = 'manager', ifRevision } = draft;
  return {
    shop: view.id,
    operation,
    key,
    request: {
      method,
      url: path,
      headers: {
        authorization: `Bearer ${keyOf(view.id, role)}`,
        'idempotency-key': key,
        'content-type': 'application/json',
        ...(ifRevision !== undefined && { 'if-match': `"${ifRevision}"` }),
      },
      body: JSON.stringify(body),
    },
  };
}
