import { keyOf } from '../../nodes/shops.ts';
import type { Prng } from '../../world/prng.ts';
import type { Wish } from '../history.ts';
import type { ShopView } from '../shop-view.ts';
import { accountWishes } from './accounts.ts';
import type { Draft, Wishes } from './draft.ts';
import { drawerWishes } from './drawers.ts';
import { orderWishes, placeOrder } from './orders.ts';
import { paymentWishes } from './payments.ts';
import { stockWishes } from './stock.ts';

/** In this order: what is added at the end changes the kept seeds least. */
const WISHES: Wishes = [
  ...orderWishes,
  ...accountWishes,
  ...stockWishes,
  ...drawerWishes,
  ...paymentWishes,
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
