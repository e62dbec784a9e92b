import type { Prng } from '../../world/prng.ts';
import type { KnownDrawer, ShopView } from '../shop-view.ts';
import { type Make, some, text, type Wishes } from './draft.ts';

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
/** One that was counted, if there is any: the others refuse to close. */
const closeDrawer: Make = (view, rnd) => {
  const counted = view.drawers.filter(({ isCounted }) => isCounted);
  const drawer = some(counted, rnd) ?? some(view.drawers, rnd);
  if (!drawer) return openDrawer(view, rnd);
  const order = some(view.orders, rnd);
  const body = { unfinishedOrderIds: order ? [order.orderId] : [] };
  return { path: `/drawers/${drawer.drawerId}/close`, body };
};
const correctDrawer = ofDrawer('corrections', (view, rnd) => ({
  cashMinor: 1 + rnd.below(300),
  currency: view.currency,
  reason: text(view, 'Counted again'),
  approvedBy: 'Ana',
}));

export const drawerWishes: Wishes = [
  ['openDrawer', 1, openDrawer],
  ['moveCash', 1, moveCash],
  ['countDrawer', 3, countDrawer],
  ['approveVariance', 1, approveVariance],
  ['closeDrawer', 3, closeDrawer],
  ['correctDrawer', 1, correctDrawer],
];
