import { runOnce } from '../harness/child.ts';
import { round3 } from '../harness/statistics.ts';
import { ORDER_PATH } from '../inputs/order-request.ts';
import { whyNoServer } from '../ours/server.ts';
import { fulfilledOrder, openFulfilledShop, runFloor } from './fulfilled-shop.ts';
import type { RowDefinition } from './row.ts';

const ORDERS = 200;
const UNITS = 50;
const WARM_UP_ORDERS = 100;

/** 200 orders at once for the last 50 units: how long until each has its end. */
export const inventoryRaceRow: RowDefinition = {
  name: 'inventory-race',
  async run({ folder, progress }) {
    const base = {
      name: 'inventory-race',
      unit: 'ms',
      better: 'less' as const,
      peer: null,
      target: '50 confirmed, 150 refused, stock 0, reserved 0',
    };
    const missing = whyNoServer();
    if (missing !== undefined) {
      return { ...base, ours: null, floor: null, extra: {}, notes: [missing] };
    }
    const shop = await openFulfilledShop(folder);
    const { fulfilled, key, server } = shop;
    const url = `${server.url}${ORDER_PATH}`;
    const race = async (productId: string, orders: number) => {
      const after = fulfilled.position();
      const bodies = JSON.stringify([fulfilledOrder([productId])]);
      await runOnce('load/burst', { url, key, bodies, connections: orders, orders });
      return { after, ...(await fulfilled.untilEnded(orders, after)) };
    };
    await race(await shop.product(WARM_UP_ORDERS), WARM_UP_ORDERS);
    const productId = await shop.product(UNITS);
    const { after, confirmed, refused } = await race(productId, ORDERS);
    const [onHand, reserved] = await shop.settledStock(productId);
    const wholeMs = fulfilled.spanSince(after);
    progress(`inventory-race: ${confirmed} confirmed, ${refused} refused, ${onHand} left`);
    const work = fulfilled.workSince(after);
    const { providerUrl } = shop;
    const bare = { folder, providerUrl, orders: ORDERS, charges: confirmed, lanes: ORDERS };
    const floor = await runFloor(bare, work);
    await shop.stop();
    const found = `${confirmed} confirmed, ${refused} refused, ${onHand} on hand, ${reserved} reserved`;
    const isRight = confirmed === UNITS && refused === ORDERS - UNITS && onHand + reserved === 0;
    return {
      ...base,
      ours: round3(wholeMs),
      floor: round3(floor['tookMs'] ?? Number.NaN),
      extra: { confirmed, refused, onHand, reserved },
      notes: isRight ? [] : [`expected ${base.target}, found ${found}`],
    };
  },
};
