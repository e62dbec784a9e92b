import { join } from 'node:path';

import { runOnce } from '../harness/child.ts';
import { median, round3 } from '../harness/statistics.ts';
import { ORDER_PATH, ORDER_REQUEST } from '../inputs/order-request.ts';
import { newKey, startProduct, whyNoServer } from '../ours/server.ts';
import { addUser, signIn } from '../ours/sign-in.ts';
import { placeOne } from './http-orders.ts';
import type { RowDefinition } from './row.ts';

const CONNECTIONS = 50;
const ROUNDS = 3;
const SECONDS = 5;

/** Orders per second of a signed-in user, against the same server with an API key. */
export const httpOrdersJwtRow: RowDefinition = {
  name: 'http-orders-jwt',
  async run({ folder, progress }) {
    const base = {
      name: 'http-orders-jwt',
      unit: 'orders/s',
      better: 'more' as const,
      peer: null,
      target: '>= 95 % of the API key (floor)',
    };
    const missing = whyNoServer();
    if (missing !== undefined) {
      return { ...base, ours: null, floor: null, extra: {}, notes: [missing] };
    }
    const key = newKey();
    const product = await startProduct(join(folder, 'data'), key);
    await placeOne(product.url, key);
    const token = await signIn(product.url, await addUser(product.url, key, 'ana@bench.example'));
    const load = async (by: string) => {
      const parameters = { url: `${product.url}${ORDER_PATH}`, key: by, body: ORDER_REQUEST };
      const measured = await runOnce('load/closed', {
        ...parameters,
        ...{ connections: CONNECTIONS, seconds: SECONDS },
      });
      return measured['perSecond'] ?? Number.NaN;
    };
    await load(key);
    await load(token);
    const ours: number[] = [];
    const floor: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      ours.push(await load(token));
      floor.push(await load(key));
      progress(`http-orders-jwt round ${round}/${ROUNDS}: JWT ${ours.at(-1)}, key ${floor.at(-1)}`);
    }
    await product.stop();
    return {
      ...base,
      ours: round3(median(ours)),
      floor: round3(median(floor)),
      extra: {},
      notes: [],
    };
  },
};
