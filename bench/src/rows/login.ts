import { join } from 'node:path';

import { startChild } from '../harness/child.ts';
import { round3 } from '../harness/statistics.ts';
import { ORDER_PATH, ORDER_REQUEST } from '../inputs/order-request.ts';
import { newKey, startProduct, whyNoServer } from '../ours/server.ts';
import { addUser, signIn } from '../ours/sign-in.ts';
import { placeOne } from './http-orders.ts';
import type { RowDefinition } from './row.ts';

/** Each signs in again and again, as many at a time. */
const USERS = 8;
const SECONDS = 15;
const ORDERS_PER_SECOND = 100;
const UNLIMITED = { RATE_LIMITS: '{"login":{"maxRequests":100000000}}' };

/** Sign-ins per second, and how long orders take beside them. */
export const loginRow: RowDefinition = {
  name: 'login',
  async run({ folder, progress }) {
    const base = {
      name: 'login',
      unit: 'logins/s',
      better: 'more' as const,
      floor: null,
      peer: null,
      target: 'p99 of orders beside it < 60 ms',
    };
    const missing = whyNoServer();
    if (missing !== undefined) return { ...base, ours: null, extra: {}, notes: [missing] };
    const key = newKey();
    const product = await startProduct(join(folder, 'data'), key, UNLIMITED);
    await placeOne(product.url, key);
    const bodies: string[] = [];
    for (let n = 0; n < USERS; n++) {
      bodies.push(await addUser(product.url, key, `user-${n}@bench.example`));
    }
    const orders = await startChild('load/open', {
      ...{ url: product.url, path: ORDER_PATH, key, body: ORDER_REQUEST },
      ...{ perSecond: ORDERS_PER_SECOND, seconds: SECONDS, readEvery: 0 },
    });
    let logins = 0;
    const untilMs = performance.now() + SECONDS * 1_000;
    const client = async (body: string) => {
      while (performance.now() < untilMs) {
        await signIn(product.url, body);
        logins += 1;
      }
    };
    const [beside] = await Promise.all([orders.round(), ...bodies.map(client)]);
    await orders.close();
    await product.stop();
    const perSecond = round3(logins / SECONDS);
    progress(`login: ${perSecond}/s`);
    return {
      ...base,
      ours: perSecond,
      extra: { ordersP99Ms: round3(beside['p99Ms'] ?? Number.NaN) },
      notes: [],
    };
  },
};
