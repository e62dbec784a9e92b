import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { ORDER_PATH, ORDER_REQUEST } from '../inputs/order-request.ts';
import { runOnce } from '../harness/child.ts';
import { DOCUMENTS_FILE, LOG_FILE, startProduct, untilCaughtUp } from '../ours/server.ts';
import type { RowContext } from './row.ts';

const FORCE = { force: true };

export interface ShopOptions {
  /** Name of the row that it is for. */
  readonly row: string;
  /** Data folder of the product, which is not there yet. */
  readonly data: string;
  readonly key: string;
  readonly events: number;
}

/** A shop's log of many events, and its read models built by the product itself. */
export async function fillShop(
  { progress }: RowContext,
  { row, data, key, events: wanted }: ShopOptions,
) {
  const first = await startProduct(data, key);
  const { orderId, commandIds } = await sellOne(first.url, key);
  await first.stop();
  progress(`${row}: writing ${wanted} events`);
  const log = join(data, LOG_FILE);
  const parameters = { log, orderId, commandIds: JSON.stringify(commandIds), events: wanted };
  const { events = Number.NaN } = await runOnce('generate/shop', parameters);
  progress(`${row}: building all read models`);
  // Without documents each read model reads the log by itself, in big batches.
  forgetDocuments(data);
  const from = performance.now();
  const build = await startProduct(data, key);
  await untilCaughtUp(build.url);
  const buildSeconds = (performance.now() - from) / 1_000;
  await build.stop();
  progress(`${row}: read models built in ${Math.round(buildSeconds)} s`);
  return { events, buildSeconds };
}

/** Removes all read models of a product that is stopped, so that its next start builds them. */
export function forgetDocuments(data: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(join(data, `${DOCUMENTS_FILE}${end}`), FORCE);
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
