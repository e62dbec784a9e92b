import { join } from 'node:path';

import { ORDER_PATH, ORDER_REQUEST } from '../inputs/order-request.ts';
import { startChild } from '../harness/child.ts';
import { round3 } from '../harness/statistics.ts';
import type { Measured } from '../harness/task.ts';
import { newKey, startProduct, whyNoServer } from '../ours/server.ts';
import { placeOne } from './http-orders.ts';
import type { RowDefinition } from './row.ts';

const PER_SECOND = 1_000;
const WARM_UP_SECONDS = 5;
const SECONDS = 15;
/** One in so many orders is read back: 50 a second. */
const READ_EVERY = 20;

/** Latency at a fixed rate that the server cannot slow down, and how far the read model is behind. */
export const httpOpenRow: RowDefinition = {
  name: 'http-open',
  async run({ folder, progress }) {
    const base = {
      name: 'http-open',
      unit: 'ms (p99)',
      better: 'less' as const,
      peer: null,
      target: 'p99 < 60 ms, lag p99 < 250 ms at 1,000 orders/s',
    };
    const missing = whyNoServer();
    if (missing !== undefined) {
      return { ...base, ours: null, floor: null, extra: {}, notes: [missing] };
    }
    const key = newKey();
    const product = await startProduct(join(folder, 'data'), key);
    const answer = await placeOne(product.url, key);
    const ours = await offer(product.url, key, READ_EVERY);
    await product.stop();
    progress(`http-open ours: p99 ${round3(ours['p99Ms'] ?? Number.NaN)} ms`);

    const bare = await startChild('floor/http', { answer, path: ORDER_PATH });
    const floor = await offer(`http://127.0.0.1:${bare.info['port']}`, key, 0);
    await bare.close();
    const figure = (measured: Measured, field: string) => round3(measured[field] ?? Number.NaN);
    const failed = ours['failed'] ?? 0;
    return {
      ...base,
      ours: figure(ours, 'p99Ms'),
      floor: figure(floor, 'p99Ms'),
      extra: {
        p50Ms: figure(ours, 'p50Ms'),
        p99Ms: figure(ours, 'p99Ms'),
        lagP50Ms: figure(ours, 'lagP50Ms'),
        lagP99Ms: figure(ours, 'lagP99Ms'),
        answeredPerSecond: figure(ours, 'perSecond'),
        failed,
      },
      notes: failed > 0 ? [`${failed} orders were refused or failed`] : [],
    };
  },
};

async function offer(url: string, key: string, readEvery: number): Promise<Measured> {
  const common = { url, path: ORDER_PATH, key, body: ORDER_REQUEST, perSecond: PER_SECOND };
  const warmUp = await startChild('load/open', { ...common, seconds: WARM_UP_SECONDS, readEvery });
  await warmUp.round();
  await warmUp.close();
  const child = await startChild('load/open', { ...common, seconds: SECONDS, readEvery });
  const measured = await child.round();
  await child.close();
  return measured;
}
