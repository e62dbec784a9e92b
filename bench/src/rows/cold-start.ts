import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ORDER_PATH, ORDER_REQUEST } from '../inputs/order-request.ts';
import { runOnce } from '../harness/child.ts';
import { median, round3 } from '../harness/statistics.ts';
import {
  DOCUMENTS_FILE,
  LOG_FILE,
  newKey,
  startProduct,
  startServer,
  untilCaughtUp,
  whyNoServer,
} from '../ours/server.ts';
import type { RowContext, RowDefinition } from './row.ts';

const EVENTS = 1_000_000;
const ROUNDS = 5;
const FORCE = { force: true };
const BARE = fileURLToPath(new URL('../floor/cold-start.js', import.meta.url));

/** From spawn until `/health/ready` says so, with a long log and read models that are up to date. */
export const coldStartRow: RowDefinition = {
  name: 'cold-start',
  async run(context) {
    const base = {
      name: 'cold-start',
      unit: 'ms',
      better: 'less' as const,
      peer: null,
      target: '< 1,000 ms',
    };
    const missing = whyNoServer();
    if (missing !== undefined) {
      return { ...base, ours: null, floor: null, extra: {}, notes: [missing] };
    }
    const key = newKey();
    const data = join(context.folder, 'data');
    const { events, buildSeconds } = await fillShop(context, data, key);
    const ours: number[] = [];
    const floor: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const product = await startProduct(data, key);
      await product.stop();
      ours.push(product.readyMs);
      const bare = await startServer([BARE, join(data, LOG_FILE)], {}, '/');
      await bare.stop();
      floor.push(bare.readyMs);
      const told = `ours ${Math.round(product.readyMs)} ms, bare ${Math.round(bare.readyMs)} ms`;
      context.progress(`cold-start round ${round}/${ROUNDS}: ${told}`);
    }
    return {
      ...base,
      ours: round3(median(ours)),
      floor: round3(median(floor)),
      extra: { events, readModelsBuiltS: round3(buildSeconds) },
      notes: [],
    };
  },
};

/** A shop's log of many events, and its read models built by the product itself. */
async function fillShop({ progress }: RowContext, data: string, key: string) {
  const first = await startProduct(data, key);
  const { orderId, commandIds } = await sellOne(first.url, key);
  await first.stop();
  progress(`cold-start: writing ${EVENTS} events`);
  const log = join(data, LOG_FILE);
  const parameters = { log, orderId, commandIds: JSON.stringify(commandIds), events: EVENTS };
  const { events = Number.NaN } = await runOnce('generate/shop', parameters);
  progress('cold-start: building all read models');
  // Without documents each read model reads the log by itself, in big batches.
  for (const end of ['', '-wal', '-shm']) rmSync(join(data, `${DOCUMENTS_FILE}${end}`), FORCE);
  const from = performance.now();
  const build = await startProduct(data, key);
  await untilCaughtUp(build.url);
  const buildSeconds = (performance.now() - from) / 1_000;
  await build.stop();
  progress(`cold-start: read models built in ${Math.round(buildSeconds)} s`);
  return { events, buildSeconds };
}

/** An order placed and paid in cash: what the rest of the log repeats. */
async function sellOne(url: string, key: string) {
  const commandIds: string[] = [];
  async function post(path: string, body: string): Promise<Record<string, unknown>> {
    const commandId = randomUUID();
    commandIds.push(commandId);
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${key}`,
        'idempotency-key': commandId,
      },
      body,
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${answer}`);
    return JSON.parse(answer) as Record<string, unknown>;
  }
  const { orderId, dueMinor } = await post(ORDER_PATH, ORDER_REQUEST);
  const payment = { method: 'cash', amountMinor: dueMinor, currency: 'EUR' };
  await post(`${ORDER_PATH}/${String(orderId)}/payments`, JSON.stringify(payment));
  return { orderId: String(orderId), commandIds };
}
