import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { PaymentSettings } from '../../../../simulators/payments/settings.ts';
import { createMemoryKeyRing } from '../../../../src/adapters/memory/key-ring.ts';
import type { PaymentProvider } from '../../../../src/ports/payment-provider.ts';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts';
import { openProvider, type SimulatedProvider } from '../../../support/payments.ts';
import { openShop, type Shop } from '../../routes/support/shop.ts';
import { NOTICE_SECRET, type WorldOptions } from '../../support/api-world.ts';

/** Reads until something that is awaited must have happened. */
const MAX_READS = 2_000;
/** Of the shop's clock, which passes between two reads. */
const STEP_MS = 1_000;

export interface ShopDay {
  /** The running shop: another one after each restart. */
  readonly shop: Shop;
  readonly clock: FakeClock;
  readonly simulated: SimulatedProvider;
  /** Stops the shop and starts it again on the same files. */
  restart(changes?: Partial<WorldOptions>): Promise<void>;
  /** A product with so many units on hand. */
  product(units: number, more?: Record<string, unknown>): Promise<string>;
  /** An order that fulfils itself. */
  order(lines: readonly (readonly [string, number])[], key?: string): Promise<string>;
  /** Reads until it is as expected; the shop's clock moves on between two reads. */
  until(path: string, isReached: (body: Body) => boolean, stepMs?: number): Promise<Body>;
  /** Moves the shop's clock on until the request has its response, or none: the shop died. */
  settled(request: Promise<unknown>): Promise<void>;
  /** The fulfilment of an order, once it has ended. */
  ended(orderId: string, stepMs?: number): Promise<Body>;
  /** Units on hand and reserved. */
  stock(productId: string): Promise<readonly [onHand: unknown, reserved: unknown]>;
  /** Kinds of the movements of a product, in order. */
  movements(productId: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

type Body = Record<string, unknown>;

export interface DayOptions {
  readonly provider?: Partial<PaymentSettings>;
  readonly wrapProvider?: (provider: PaymentProvider) => PaymentProvider;
  readonly world?: Partial<WorldOptions>;
}

/** A shop on embedded storage, over HTTP, with the payment simulator as a server of its own. */
export async function openDay(options: DayOptions = {}): Promise<ShopDay> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tillstream-scenario-'));
  const simulated = await openProvider({ noticeSecret: NOTICE_SECRET, ...options.provider });
  const clock = createFakeClock(Date.now());
  const keyRing = createMemoryKeyRing();
  const paymentProvider = options.wrapProvider?.(simulated.provider) ?? simulated.provider;
  const start = (changes: Partial<WorldOptions> = {}) =>
    openShop({ dataDir, clock, keyRing, paymentProvider, ...options.world, ...changes });
  let shop = await start();
  let products = 0;

  async function until(path: string, isReached: (body: Body) => boolean, stepMs = STEP_MS) {
    for (let read = 0; read < MAX_READS; read++) {
      const { status, body } = await shop.get(path);
      if (status === 200 && isReached(body)) return body;
      await clock.advance(stepMs);
    }
    throw new Error(`${path} did not get there: ${(await shop.get(path)).text}`);
  }

  return {
    get shop() {
      return shop;
    },
    clock,
    simulated,
    async restart(changes) {
      await shop.stop();
      shop = await start(changes);
    },
    async product(units, more = {}) {
      products += 1;
      const created = await shop.post('/products', {
        name: `Mug ${products}`,
        sku: `MUG-${products}`,
        currency: 'USD',
        priceMinor: 350,
        stockPolicy: 'tracked',
        ...more,
      });
      expect(created.status).toBe(201);
      const productId = String(created.body['productId']);
      await shop.post(`/inventory/${productId}/replenishments`, { quantity: units });
      return productId;
    },
    async order(lines, key) {
      const body = {
        currency: 'USD',
        lines: lines.map(([productId, quantity]) => ({ productId, quantity: String(quantity) })),
        fulfilment: 'auto',
      };
      const placed = await shop.post('/orders', body, key === undefined ? {} : { key });
      expect(placed.status).toBe(202);
      return String(placed.body['orderId']);
    },
    until,
    async settled(request) {
      let isSettled = false;
      const noted = request.catch(() => undefined).finally(() => (isSettled = true));
      while (!isSettled) await clock.advance(STEP_MS);
      await noted;
    },
    ended: (orderId, stepMs) =>
      until(
        `/processes/${encodeURIComponent(`fulfilment:${orderId}`)}`,
        ({ status }) => status === 'ended',
        stepMs,
      ),
    async stock(productId) {
      const { body } = await shop.get(`/inventory/${productId}/availability`);
      return [body['onHand'], body['reserved']];
    },
    async movements(productId) {
      const { body } = await shop.get(`/inventory/${productId}/movements`);
      const items = body['items'] as { kind: string }[];
      return items.map(({ kind }) => kind).reverse();
    },
    async stop() {
      await shop.stop();
      await simulated.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
