import { join } from 'node:path';

import { round3 } from '../harness/statistics.ts';
import { newKey, startProduct, whyNoServer } from '../ours/server.ts';
import { ORDER_PATH, ORDER_REQUEST } from '../inputs/order-request.ts';
import { runOnce } from '../harness/child.ts';
import type { RowDefinition } from './row.ts';

const ORDERS = 20_000;
const CONNECTIONS = 50;
const ROUNDS = 3;

interface Page {
  readonly items: readonly unknown[];
  readonly cursor: string;
  readonly upToDate: boolean;
}

/** All pages of a shop over HTTP, one after the other, as a new device gets them. */
async function pullAll(url: string, key: string): Promise<{ events: number; pages: number }> {
  let [events, pages] = [0, 0];
  for (let cursor = ''; ;) {
    const query = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const response = await fetch(`${url}/sync/pull${query}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    if (!response.ok) throw new Error(`expected a page, found ${response.status}`);
    const page = (await response.json()) as Page;
    events += page.items.length;
    pages += 1;
    if (page.upToDate) return { events, pages };
    cursor = page.cursor;
  }
}

/** Events per second of one device that pulls all of its shop. */
export const syncPullRow: RowDefinition = {
  name: 'sync-pull',
  async run({ folder, progress }) {
    const base = {
      ...{ name: 'sync-pull', unit: 'events/s', better: 'more' as const },
      ...{ floor: null, peer: null, target: '>= 20,000/s' },
    };
    const missing = whyNoServer();
    if (missing !== undefined) return { ...base, ours: null, extra: {}, notes: [missing] };
    const key = newKey();
    const product = await startProduct(join(folder, 'data'), key);
    const url = `${product.url}${ORDER_PATH}`;
    const bodies = JSON.stringify([ORDER_REQUEST]);
    await runOnce('load/burst', { url, key, bodies, connections: CONNECTIONS, orders: ORDERS });
    await pullAll(product.url, key);
    let [best, events, pages] = [0, 0, 0];
    for (let round = 0; round < ROUNDS; round++) {
      const from = performance.now();
      ({ events, pages } = await pullAll(product.url, key));
      best = Math.max(best, (events * 1_000) / (performance.now() - from));
    }
    await product.stop();
    progress(`sync-pull: ${round3(best)}/s of ${events} events`);
    return { ...base, ours: round3(best), extra: { events, pages }, notes: [] };
  },
};
