import { keyOf, SHOPS } from '../nodes/shops.ts';
import { areShopsConnected } from './owners.ts';
import { createRequests, type RequestsOptions } from './requests.ts';

const BASE = '/integrations/quickbooks/books';
const ACTS = 8;
const THINK_MS = 300;
const TARGETS = [
  ...[['role', 'deposit_account'] as const, ['role', 'tip'] as const, ['role', 'tax'] as const],
  ...[['payment_method', 'cash'] as const, ['product', 'Bread'] as const],
  ...[['role', 'customer'] as const, ['role', 'modifier'] as const],
];

/** All sales go to the books from then on, or none for long. */
const DAYS = ['2000-01-01', '2999-01-01'];

/** Somebody who says where sales go in the books, and changes it while they are posted. */
export function createBookkeeper(options: Omit<RequestsOptions, 'name'>): {
  work(): Promise<void>;
} {
  const { conditions } = options;
  const { rnd, insist, pause } = createRequests({ ...options, name: 'bookkeeper' });
  const shops = SHOPS.slice(0, conditions.weather.shops);

  const set = (shop: string, kind: string, key: string) =>
    insist('PUT', `${BASE}/targets`, keyOf(shop, 'manager'), {
      ...{ kind, key, target: String(1 + rnd.below(9)) },
    });

  return {
    async work() {
      if (!areShopsConnected(conditions)) return;
      for (const { id } of shops) await set(id, 'role', 'item');
      for (let i = 0; i < ACTS; i++) {
        await pause(THINK_MS);
        const { id } = rnd.pick(shops);
        const [kind, key] = rnd.pick(TARGETS);
        if (rnd.chance(0.75)) await set(id, kind, key);
        else if (rnd.chance(0.1)) {
          const firstDay = rnd.pick(DAYS);
          await insist('PUT', `${BASE}/start`, keyOf(id, 'manager'), { firstDay });
        } else {
          const modifiers = rnd.pick(['lines', 'folded']);
          await insist('PUT', `${BASE}/modifier-style`, keyOf(id, 'manager'), { modifiers });
        }
      }
    },
  };
}
