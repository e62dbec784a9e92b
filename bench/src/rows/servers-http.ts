import { join } from 'node:path';

import { runOnce, startChild } from '../harness/child.ts';
import { median, round3 } from '../harness/statistics.ts';
import type { Measured } from '../harness/task.ts';
import { ORDER_PATH, ORDER_REQUEST } from '../inputs/order-request.ts';
import { newKey, startProduct, whyNoServer } from '../ours/server.ts';
import { withServers } from '../servers/find.ts';
import { placeOne } from './http-orders.ts';
import type { RowDefinition } from './row.ts';

const CONNECTIONS = 50;
const ROUNDS = 3;
const SECONDS = 5;

/** Orders per second over HTTP on EventStoreDB and MongoDB, beside a handler with the bare client. */
export const serversHttpRow: RowDefinition = {
  name: 'servers-http-orders',
  async run(context) {
    const { name } = serversHttpRow;
    const base = {
      name,
      unit: 'orders/s',
      better: 'more' as const,
      peer: null,
      target: 'none; as close to the bare client as checks and read models allow',
    };
    const none = (missing: string) => ({
      ...base,
      ours: null,
      floor: null,
      extra: {},
      notes: [missing],
    });
    const noServer = whyNoServer();
    if (noServer !== undefined) return none(noServer);
    const ours: Measured[] = [];
    const floor: Measured[] = [];
    const done = await withServers(context, { mongo: true }, async ({ esdb, mongo }) => {
      const key = newKey();
      const product = await startProduct(join(context.folder, 'data'), key, {
        EVENT_STORE: 'esdb',
        ESDB_URL: esdb,
        READ_STORE: 'mongodb',
        MONGO_URL: mongo,
      });
      try {
        const answer = await placeOne(product.url, key);
        const bare = await startChild('servers/bare-http', { answer, path: ORDER_PATH, esdb });
        const load = (url: string) =>
          runOnce('load/closed', {
            url: `${url}${ORDER_PATH}`,
            key,
            body: ORDER_REQUEST,
            connections: CONNECTIONS,
            seconds: SECONDS,
          });
        const bareUrl = `http://127.0.0.1:${bare.info['port']}`;
        await load(product.url);
        await load(bareUrl);
        for (let round = 1; round <= ROUNDS; round++) {
          ours.push(await load(product.url));
          floor.push(await load(bareUrl));
          context.progress(`${name} round ${round}/${ROUNDS}`);
        }
        await bare.close();
      } finally {
        await product.stop();
      }
      return {};
    });
    if ('missing' in done) return none(done.missing);
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
