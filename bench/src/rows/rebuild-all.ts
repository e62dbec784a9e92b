import { join } from 'node:path';

import { ORDER_PATH, ORDER_REQUEST } from '../inputs/order-request.ts';
import { runOnce, startChild } from '../harness/child.ts';
import { round3 } from '../harness/statistics.ts';
import {
  LOG_FILE,
  newKey,
  peakMbOf,
  startProduct,
  untilCaughtUp,
  whyNoServer,
} from '../ours/server.ts';
import type { RowDefinition } from './row.ts';
import { fillShop, forgetDocuments } from './shop.ts';

const EVENTS = 1_000_000;
const IDLE_SECONDS = 15;
const ORDERS_PER_SECOND = 50;

/** All read models built from their first event at once, while orders come in. */
export const rebuildAllRow: RowDefinition = {
  name: 'rebuild-all-1m',
  async run(context) {
    const base = {
      name: 'rebuild-all-1m',
      unit: 'events/s',
      better: 'more' as const,
      peer: null,
      target: '>= 12,000 events/s, < 600 MB, liveP99Ms < 2x idleP99Ms',
    };
    const missing = whyNoServer();
    if (missing !== undefined) {
      return { ...base, ours: null, floor: null, extra: {}, notes: [missing] };
    }
    const key = newKey();
    const data = join(context.folder, 'data');
    const shop = { row: 'rebuild-all-1m', data, key, events: EVENTS };
    const { events, buildSeconds } = await fillShop(context, shop);
    const bare = { log: join(data, LOG_FILE), documents: join(context.folder, 'floor.db'), events };
    const floor = await runOnce('floor/replay', bare);

    const offer = async (url: string, seconds: number) => {
      const load = { key, body: ORDER_REQUEST, url, path: ORDER_PATH, seconds, readEvery: 0 };
      const child = await startChild('load/open', { ...load, perSecond: ORDERS_PER_SECOND });
      return child.round().finally(() => child.close());
    };
    const resting = await startProduct(data, key);
    const idle = await offer(resting.url, IDLE_SECONDS);
    await resting.stop();

    forgetDocuments(data);
    const from = performance.now();
    const building = await startProduct(data, key, {}, '/health/live');
    // For about as long as it builds: the load may not end long before it.
    const beside = offer(building.url, Math.ceil(buildSeconds));
    await untilCaughtUp(building.url);
    const seconds = (performance.now() - from) / 1_000;
    const live = await beside;
    const peakMb = peakMbOf(building);
    await building.stop();
    return {
      ...base,
      ours: round3(events / seconds),
      floor: round3(floor['perSecond'] ?? Number.NaN),
      extra: {
        peakMb,
        withoutOrders: round3(events / buildSeconds),
        liveP99Ms: round3(live['p99Ms'] ?? Number.NaN),
        idleP99Ms: round3(idle['p99Ms'] ?? Number.NaN),
        ordersPerSecond: ORDERS_PER_SECOND,
        failed: live['failed'] ?? 0,
      },
      notes: [],
    };
  },
};
