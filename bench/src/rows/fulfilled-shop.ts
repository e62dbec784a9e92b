import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { type Child, runOnce, startChild } from '../harness/child.ts';
import { type Fulfilled, openFulfilled, type Work } from '../ours/fulfilments.ts';
import { adminKey, LOG_FILE, newKey, type ServerProcess, startProduct } from '../ours/server.ts';
import type { Measured } from '../harness/task.ts';

const PATIENCE_MS = 60_000;
const POLL_MS = 100;

/** A shop whose orders fulfil themselves, with the payment simulator without latency. */
export interface FulfilledShop {
  readonly key: string;
  readonly server: ServerProcess;
  readonly provider: Child;
  readonly providerUrl: string;
  readonly fulfilled: Fulfilled;
  /** A product with so many units on hand. */
  product(units: number): Promise<string>;
  /** Units on hand and reserved, once nothing is reserved any more or that does not come. */
  settledStock(productId: string): Promise<readonly [onHand: number, reserved: number]>;
  stop(): Promise<void>;
}

export async function openFulfilledShop(folder: string): Promise<FulfilledShop> {
  const provider = await startChild('load/provider', {});
  const providerUrl = `http://127.0.0.1:${provider.info['port']}`;
  const key = newKey();
  const dataFolder = join(folder, 'data');
  const server = await startProduct(dataFolder, key, {
    PAYMENT_PROVIDER_URL: providerUrl,
    PAYMENT_PROVIDER_KEY: 'bench',
    OUTGOING_ALLOWED: '127.0.0.1',
  });
  const fulfilled = openFulfilled(join(dataFolder, LOG_FILE));
  let products = 0;

  async function send(method: string, path: string, json?: unknown) {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${adminKey(key)}`,
        'idempotency-key': randomUUID(),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    const body = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(body)}`);
    return body;
  }

  return {
    key,
    server,
    provider,
    providerUrl,
    fulfilled,
    async product(units) {
      products += 1;
      const { productId } = await send('POST', '/products', {
        name: `Mug ${products}`,
        currency: 'EUR',
        priceMinor: 500,
        stockPolicy: 'tracked',
      });
      await send('POST', `/inventory/${String(productId)}/replenishments`, { quantity: units });
      return String(productId);
    },
    async settledStock(productId) {
      const untilMs = performance.now() + PATIENCE_MS;
      for (;;) {
        const found = await send('GET', `/inventory/${productId}/availability`);
        const [onHand, reserved] = [Number(found['onHand']), Number(found['reserved'])];
        if (reserved === 0 || performance.now() > untilMs) return [onHand, reserved];
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    async stop() {
      fulfilled.close();
      await server.stop();
      await provider.close();
    },
  };
}

/** An order of one unit of each of these products, which fulfils itself. */
export function fulfilledOrder(productIds: readonly string[]): string {
  const lines = productIds.map((productId) => ({ productId, quantity: '1' }));
  return JSON.stringify({ currency: 'EUR', lines, fulfilment: 'auto', channel: 'web' });
}

export interface BareWork {
  readonly folder: string;
  readonly providerUrl: string;
  readonly orders: number;
  readonly charges: number;
  readonly lanes: number;
}

/** The bare loop with the appends, events and bytes that the product wrote for as many orders. */
export function runFloor(bare: BareWork, { appends, events, bytes }: Work): Promise<Measured> {
  const folder = join(bare.folder, 'floor');
  mkdirSync(folder, { recursive: true });
  return runOnce('floor/saga', {
    ...bare,
    folder,
    appendsPerOrder: Math.round(appends / bare.orders),
    eventsPerAppend: Math.max(1, Math.round(events / appends)),
    bytesPerEvent: Math.round(bytes / events),
  });
}
