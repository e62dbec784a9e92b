import type { Prng } from '../../world/prng.ts';
import type { ShopView } from '../shop-view.ts';
import { inDrawer, type Make, maybe, METHODS, some, text, type Wishes } from './draft.ts';

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

/** A third of the limits are so low that many customers owe more. */
function newLimit(rnd: Prng): number {
  const limit = rnd.below(30_000);
  return limit < 10_000 ? Math.floor(limit / 20) : limit;
}
const terms = ofCustomer('terms', (_, rnd) => ({ creditLimitMinor: newLimit(rnd) }), 'PUT');
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

export const accountWishes: Wishes = [
  ['openAccount', 5, openAccount],
  ['changeTerms', 2, terms],
  ['changeContact', 2, contact],
  ['openDebt', 8, openDebt],
  ['payAccount', 8, payAccount],
  ['allocateCredit', 3, allocateCredit],
  ['payOutCash', 3, payOut],
  ['writeOffDebt', 3, writeOff],
];
