import { join } from 'node:path';

import { ORDER_PATH, ORDER_REQUEST } from '../inputs/order-request.ts';
import { runOnce, startChild } from '../harness/child.ts';
import { round3 } from '../harness/statistics.ts';
import { newKey, startProduct, whyNoServer } from '../ours/server.ts';
import type { RowDefinition } from './row.ts';
import { fillShop } from './shop.ts';

const EVENTS = 400_000;
const READ_MODEL = 'order-details';
const SATURATE = { connections: 50, seconds: 5 };
/** Share of the orders that can be taken in all which are offered while the read model is rebuilt. */
const LIVE_SHARE = 0.3;
const IDLE_SECONDS = 15;
/** So much longer than a rebuild at rest goes on the load under which one is measured. */
const LONGER = 1.4;
const ASK_EVERY_MS = 50;

/** A read model rebuilt while orders come in, against the same at rest. */
export const rebuildLiveRow: RowDefinition = {
  name: 'rebuild-live',
  async run(context) {
    const base = {
      name: 'rebuild-live',
      unit: 'events/s',
      better: 'more' as const,
      peer: null,
      target: '>= 60 % of the rate at rest; liveP99Ms < 2x idleP99Ms',
    };
    const missing = whyNoServer();
    if (missing !== undefined) {
      return { ...base, ours: null, floor: null, extra: {}, notes: [missing] };
    }
    const key = newKey();
    const data = join(context.folder, 'data');
    await fillShop(context, { row: 'rebuild-live', data, key, events: EVENTS });
    const product = await startProduct(data, key);
    const { url } = product;

    const atRest = await rebuild(url, key);
    context.progress(`rebuild-live: ${Math.round(atRest.perSecond)} events/s at rest`);
    const common = { key, body: ORDER_REQUEST };
    const closed = { ...common, url: `${url}${ORDER_PATH}`, ...SATURATE };
    await runOnce('load/closed', closed);
    const { perSecond: most = Number.NaN } = await runOnce('load/closed', closed);
    const perSecond = Math.round(most * LIVE_SHARE);
    const offer = (seconds: number) =>
      startChild('load/open', {
        ...common,
        url,
        path: ORDER_PATH,
        perSecond,
        seconds,
        readEvery: 0,
      });
    const idle = await offer(IDLE_SECONDS);
    const idleLoad = await idle.round();
    await idle.close();
    const live = await offer(Math.ceil(atRest.seconds * LONGER) + 1);
    const [liveLoad, underLoad] = await Promise.all([live.round(), rebuild(url, key)]);
    await live.close();
    await product.stop();
    context.progress(`rebuild-live: ${Math.round(underLoad.perSecond)} events/s under load`);
    return {
      ...base,
      ours: round3(underLoad.perSecond),
      floor: round3(atRest.perSecond),
      extra: {
        liveP99Ms: round3(liveLoad['p99Ms'] ?? Number.NaN),
        idleP99Ms: round3(idleLoad['p99Ms'] ?? Number.NaN),
        ordersPerSecond: perSecond,
        failed: liveLoad['failed'] ?? 0,
      },
      notes: [],
    };
  },
};

interface State {
  readonly name: string;
  readonly generation: number;
  readonly building?: { readonly ofEvents: number };
}

/** Orders a rebuild and waits until the new generation answers. */
async function rebuild(url: string, key: string) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  async function stateNow(): Promise<State> {
    const response = await fetch(`${url}/projections`, { headers });
    const { items } = (await response.json()) as { items: State[] };
    const state = items.find(({ name }) => name === READ_MODEL);
    if (!state) throw new Error(`expected a read model ${READ_MODEL}`);
    return state;
  }
  const { generation } = await stateNow();
  const from = performance.now();
  const order = await fetch(`${url}/projections/${READ_MODEL}/rebuild`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ reason: 'a benchmark' }),
  });
  if (!order.ok) throw new Error(`expected a rebuild, found ${await order.text()}`);
  let events = 0;
  for (;;) {
    const state = await stateNow();
    events = state.building?.ofEvents ?? events;
    if (state.generation > generation) break;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  const seconds = (performance.now() - from) / 1_000;
  return { seconds, perSecond: events / seconds };
}
