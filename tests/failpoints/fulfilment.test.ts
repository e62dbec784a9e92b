import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { type PaymentSimulator, startPaymentSimulator } from '../../simulators/payments/server.ts';
import { CALM } from '../../simulators/payments/settings.ts';
import { type ApiClient, createApiClient } from '../../src/cli/api-client.ts';
import { type Acknowledged, checkEverything } from '../crash/checkers.ts';
import { keyOf, type ServerProcess, startServer } from '../support/server-process.ts';

const PRELOAD = new URL('./failpoints.preload.mjs', import.meta.url).href;
const ON_HAND = 1_000;
const PRICE_MINOR = 350;
/** More than the provider accepts: this order is put back. */
const REFUSED_MINOR = 150_000;
/** A fulfilment has fewer commits than these, and more than those. */
const MAX_COMMITS = 60;
const MIN_COMMITS = 10;
const POLL_MS = 20;
const ENDS_MS = 30_000;
const LIMIT_MS = 280_000;

const PATHS = [
  ['is confirmed', PRICE_MINOR, 'CONFIRMED'],
  ['is put back', REFUSED_MINOR, 'PAYMENT_FAILED'],
] as const;

describe('an order that fulfils itself', () => {
  let dataDir: string;
  let provider: PaymentSimulator;
  const acknowledged: Acknowledged[] = [];
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'tillstream-saga-'));
    provider = await startPaymentSimulator({ settings: CALM });
    acknowledged.length = 0;
  });
  afterEach(async () => {
    await provider.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const settings = () => ({
    PAYMENT_PROVIDER_URL: provider.url,
    PAYMENT_PROVIDER_KEY: 'key',
    OUTGOING_ALLOWED: '127.0.0.1',
  });
  const clientOf = (server: ServerProcess) =>
    createApiClient(server.url, keyOf(dataDir, 'manager'));

  async function post(api: ApiClient, path: string, key: string, body: unknown) {
    const answer = await api.post(path, { key, body });
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    acknowledged.push({ key, position: answer.position });
    return answer.body;
  }

  async function stocked(priceMinor: number): Promise<string> {
    const server = await startServer(dataDir, settings());
    const product = { name: 'Mug', currency: 'USD', priceMinor, stockPolicy: 'tracked' };
    const { productId } = await post(clientOf(server), '/products', 'product', product);
    const path = `/inventory/${String(productId)}/replenishments`;
    await post(clientOf(server), path, 'goods', { quantity: ON_HAND });
    await server.stop();
    return String(productId);
  }

  const orderOf = (productId: string) => ({
    ...{ currency: 'USD', lines: [{ productId, quantity: '2' }], fulfilment: 'auto' },
  });

  /** @returns the order's id, once its fulfilment has ended. */
  async function untilEnded(api: ApiClient, key: string, productId: string): Promise<string> {
    const { orderId } = await post(api, '/orders', key, orderOf(productId));
    const path = `/processes/${encodeURIComponent(`fulfilment:${String(orderId)}`)}`;
    for (const untilMs = Date.now() + ENDS_MS; Date.now() < untilMs;) {
      const { status, body } = await api.get(path);
      if (status === 200 && body['status'] === 'ended') return String(orderId);
      await pause(POLL_MS);
    }
    throw new Error(`the fulfilment of order ${String(orderId)} did not end`);
  }

  /**
   * Lets the order of the commit before end, places the next, and dies after a commit of the log:
   * before the next one, the log is the same.
   * @returns the order before, and whether it died: an order has only so many commits.
   */
  async function diesAfter(commit: number, productId: string) {
    const armed = join(dataDir, `armed-${commit}`);
    const server = await startServer(dataDir, {
      ...settings(),
      NODE_OPTIONS: `--import ${PRELOAD}`,
      FAILPOINT: ['log.db', 'after', 'COMMIT', commit].join('|'),
      FAILPOINT_ARMED: armed,
    });
    const api = clientOf(server);
    const before = await untilEnded(api, `order-${commit - 1}`, productId);
    writeFileSync(armed, '');
    try {
      await untilEnded(api, `order-${commit}`, productId);
    } catch (error) {
      const isGone = error instanceof Error && error.message.startsWith('expected a server at');
      if (!isGone) throw error;
      await server.kill();
      return { before, isDead: true };
    }
    await server.stop();
    return { before, isDead: false };
  }

  it.each(PATHS)(
    'killed after each of its commits %s, once',
    async (_ends, priceMinor, status) => {
      const productId = await stocked(priceMinor);
      const orders: string[] = [];
      let deaths = 0;
      for (let commit = 1; commit <= MAX_COMMITS; commit++) {
        const { before, isDead } = await diesAfter(commit, productId);
        orders.push(before);
        if (!isDead) break;
        deaths += 1;
      }
      expect(deaths).toBeGreaterThanOrEqual(MIN_COMMITS);

      const server = await startServer(dataDir, settings());
      const api = clientOf(server);
      orders.push(await untilEnded(api, `order-${deaths + 1}`, productId));
      const isSold = status === 'CONFIRMED';
      const paidMinor = isSold ? 2 * priceMinor : 0;
      for (const orderId of orders) {
        const { body } = await api.get(`/orders/${orderId}`);
        expect(body).toMatchObject({ orderId, status, paidMinor });
      }
      const { body } = await api.get(`/inventory/${productId}/availability`);
      const onHand = ON_HAND - (isSold ? 2 * orders.length : 0);
      expect(body).toMatchObject({ onHand, reserved: 0 });
      const charged = provider.payments().filter((payment) => payment.status === 'succeeded');
      expect(charged.map(({ amountMinor, refunds }) => [amountMinor, refunds.length])).toEqual(
        isSold ? orders.map(() => [paidMinor, 0]) : [],
      );
      expect(new Set(provider.payments().map(({ attemptId }) => attemptId)).size).toBe(
        orders.length,
      );
      await server.stop();
      await checkEverything(dataDir, acknowledged);
    },
    LIMIT_MS,
  );
});
