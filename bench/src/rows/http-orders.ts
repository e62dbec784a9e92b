import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { ORDER_PATH, ORDER_REQUEST } from '../inputs/order-request.ts';
import { runOnce, startChild } from '../harness/child.ts';
import { median, round3 } from '../harness/statistics.ts';
import type { Measured } from '../harness/task.ts';
import { newKey, startProduct, whyNoServer } from '../ours/server.ts';
import type { RowDefinition } from './row.ts';

const CONNECTIONS = 50;
const ROUNDS = 3;
const SECONDS = 5;

/** Orders per second over HTTP: the whole product against a bare handler of the same JSON. */
export const httpOrdersRow: RowDefinition = {
  name: 'http-orders',
  async run({ folder, progress }) {
    const base = {
      name: 'http-orders',
      unit: 'orders/s',
      better: 'more' as const,
      peer: null,
      target: '>= 40 % of the bare handler',
    };
    const missing = whyNoServer();
    if (missing !== undefined) {
      return { ...base, ours: null, floor: null, extra: {}, notes: [missing] };
    }
    const key = newKey();
    const product = await startProduct(join(folder, 'data'), key);
    const answer = await placeOne(product.url, key);
    const bare = await startChild('floor/http', { answer, path: ORDER_PATH });
    const bareUrl = `http://127.0.0.1:${bare.info['port']}`;
    const load = (url: string, seconds: number) =>
      runOnce('load/closed', {
        url: `${url}${ORDER_PATH}`,
        key,
        body: ORDER_REQUEST,
        connections: CONNECTIONS,
        seconds,
      });
    await load(product.url, SECONDS);
    await load(bareUrl, SECONDS);
    const ours: Measured[] = [];
    const floor: Measured[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      ours.push(await load(product.url, SECONDS));
      floor.push(await load(bareUrl, SECONDS));
      const last = (all: readonly Measured[]) => Math.round(all.at(-1)?.['perSecond'] ?? 0);
      progress(`http-orders round ${round}/${ROUNDS}: ours ${last(ours)}/s, bare ${last(floor)}/s`);
    }
    await bare.close();
    await product.stop();
    const medianOf = (all: readonly Measured[], field: string) =>
      round3(median(all.map((measured) => measured[field] ?? Number.NaN)));
    return {
      ...base,
      ours: medianOf(ours, 'perSecond'),
      floor: medianOf(floor, 'perSecond'),
      extra: { p50Ms: medianOf(ours, 'p50Ms'), p99Ms: medianOf(ours, 'p99Ms') },
      notes: [],
    };
  },
};

/** What the product answers to the order; the bare handler then answers the same. */
export async function placeOne(url: string, key: string): Promise<string> {
  const response = await fetch(`${url}${ORDER_PATH}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${key}`,
      'idempotency-key': randomUUID(),
    },
    body: ORDER_REQUEST,
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`expected an order to be placed, found ${answer}`);
  return answer;
}
