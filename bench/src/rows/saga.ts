import { runOnce, startChild } from '../harness/child.ts';
import { percentile, round3 } from '../harness/statistics.ts';
import { ORDER_PATH } from '../inputs/order-request.ts';
import { whyNoServer } from '../ours/server.ts';
import { fulfilledOrder, openFulfilledShop, runFloor } from './fulfilled-shop.ts';
import type { RowDefinition } from './row.ts';

const UNITS = 1_000_000;
const WARM_UP_ORDERS = 300;
const ORDERS = 1_500;
/** Products that the orders are for, in turn: two orders in progress seldom need the same. */
const PRODUCTS = 50;
const CONNECTIONS = 50;
const PER_SECOND = 100;
const SECONDS = 10;

/** Orders that run by themselves from PENDING to CONFIRMED, with a provider without latency. */
export const sagaRow: RowDefinition = {
  name: 'saga',
  async run({ folder, progress }) {
    const base = {
      name: 'saga',
      unit: 'orders/s',
      better: 'more' as const,
      peer: null,
      target: '>= 300/s; PENDING to CONFIRMED p99 < 1,000 ms at 100/s offered',
    };
    const missing = whyNoServer();
    if (missing !== undefined) {
      return { ...base, ours: null, floor: null, extra: {}, notes: [missing] };
    }
    const shop = await openFulfilledShop(folder);
    const { fulfilled, key, server } = shop;
    const orderBodies: string[] = [];
    for (let i = 0; i < PRODUCTS; i++)
      orderBodies.push(fulfilledOrder([await shop.product(UNITS)]));
    const bodies = JSON.stringify(orderBodies);
    const url = `${server.url}${ORDER_PATH}`;
    const burst = async (orders: number) => {
      const after = fulfilled.position();
      await runOnce('load/burst', { url, key, bodies, connections: CONNECTIONS, orders });
      return { after, ...(await fulfilled.untilEnded(orders, after)) };
    };
    await burst(WARM_UP_ORDERS);
    const { after, confirmed, refused, wholeMs } = await burst(ORDERS);
    const work = fulfilled.workSince(after);
    progress(`saga: ${confirmed} confirmed in ${Math.round(wholeMs)} ms`);

    const before = fulfilled.position();
    const common = { url: server.url, path: ORDER_PATH, key, bodies, readEvery: 0 };
    const load = await startChild('load/open', {
      ...common,
      perSecond: PER_SECOND,
      seconds: SECONDS,
    });
    await load.round();
    await load.close();
    const { tookMs, refused: refusedLater } = await fulfilled.untilEnded(
      PER_SECOND * SECONDS,
      before,
    );
    const { providerUrl } = shop;
    const bare = { folder, providerUrl, orders: ORDERS, charges: ORDERS, lanes: CONNECTIONS };
    const floor = await runFloor(bare, work);
    await shop.stop();
    const failed = refused + refusedLater;
    return {
      ...base,
      ours: round3((confirmed * 1_000) / wholeMs),
      floor: round3(floor['perSecond'] ?? Number.NaN),
      extra: {
        p50Ms: round3(percentile(tookMs, 0.5)),
        p99Ms: round3(percentile(tookMs, 0.99)),
        appendsPerOrder: round3(work.appends / ORDERS),
        eventsPerOrder: round3(work.events / ORDERS),
      },
      notes: failed > 0 ? [`${failed} orders were not confirmed`] : [],
    };
  },
};
