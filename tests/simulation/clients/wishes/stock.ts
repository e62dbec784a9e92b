import type { Prng } from '../../world/prng.ts';
import { type Make, maybe, some, text, type Wishes } from './draft.ts';

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
export const reserve = ofProduct(stockPath('reservations'), (rnd) => ({
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

export const orderProduct: Make = (view, rnd) => {
  const productId = some(view.products, rnd);
  if (productId === undefined) return createProduct(view, rnd);
  const { currency } = view;
  return { path: '/orders', body: { currency, lines: [{ productId, quantity: '1' }] } };
};

export const stockWishes: Wishes = [
  ['createProduct', 2, createProduct],
  ['changePrice', 1, changePrice],
  ['replenishStock', 3, replenish],
  ['reserveStock', 4, reserve],
  ['confirmReservation', 3, endReservation('confirm')],
  ['releaseReservation', 1, endReservation('release')],
  ['adjustStock', 1, adjust],
  ['transferStock', 1, transfer],
  ['orderProduct', 2, orderProduct],
];
