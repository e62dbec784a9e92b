import type { SimulatedPayment } from '../../simulators/payments/provider.ts';
import type { ApiResponse } from '../../src/cli/api-client.ts';
import { createPatientClient } from './patient-client.ts';

const ON_HAND = 1_000;
const PRICE_MINOR = 350;
const SOLD = ['CONFIRMED'];
const UNSOLD = ['CANCELLED', 'PAYMENT_FAILED'];

export interface ShopperOptions {
  /** Where it may ask now; looked at before each request. */
  readonly urls: () => readonly string[];
  readonly apiKey: string;
  readonly name: string;
}

export interface Shopper {
  /** Keys of the commands that were acknowledged. */
  readonly acknowledged: ReadonlySet<string>;
  /** Orders that were placed so far. */
  readonly orders: number;
  /** Throws what ended the shopping too early. */
  check(): void;
  /** Ends after the order under way; rejects when an answer was not what it had to be. */
  stop(): Promise<void>;
  /**
   * Waits until the fulfilment of each order has ended. Then every unit and every payment must be
   * accounted for exactly once. @returns what the provider has kept for all of them.
   */
  expectFulfilled(
    payments: () => readonly SimulatedPayment[],
    head: () => Promise<string>,
  ): Promise<number>;
}

/** Orders goods of one product that fulfil themselves, without waiting for the fulfilment. */
export function startShopper({ urls, apiKey, name }: ShopperOptions): Shopper {
  const client = createPatientClient(urls, apiKey);
  const acknowledged = new Set<string>();
  /** Units by order. */
  const placed = new Map<string, number>();
  let shopping = true;
  let failure: Error | undefined;
  let productId = '';

  async function post(path: string, key: string, body: unknown): Promise<ApiResponse> {
    const answer = await client.untilDone(key, (api) => api.post(path, { key, body }));
    acknowledged.add(key);
    return answer;
  }

  const getAt = async (position: string, path: string) =>
    (await client.untilDone(path, (api) => api.get(path, { position }))).body;

  async function run(): Promise<void> {
    const product = { currency: 'USD', priceMinor: PRICE_MINOR, stockPolicy: 'tracked' };
    const made = await post('/products', `${name}-product`, { ...product, name, sku: name });
    productId = String(made.body['productId']);
    await post(`/inventory/${productId}/replenishments`, `${name}-goods`, { quantity: ON_HAND });
    for (let n = 1; shopping; n += 1) {
      const quantity = (n % 3) + 1;
      const lines = [{ productId, quantity: String(quantity) }];
      const order = { currency: 'USD', lines, fulfilment: 'auto' };
      const { body } = await post('/orders', `${name}-order-${n}`, order);
      placed.set(String(body['orderId']), quantity);
    }
  }

  async function untilEnded(orderId: string): Promise<string> {
    const path = `/processes/${encodeURIComponent(`fulfilment:${orderId}`)}`;
    const { body } = await client.untilDone(`the fulfilment of ${orderId}`, async (api) => {
      const found = await api.get(path);
      const isOpen =
        found.status === 404 || (found.status === 200 && found.body['status'] !== 'ended');
      // Asked again, like all that is not there yet.
      return isOpen ? { ...found, status: 425 } : found;
    });
    return String(body['ending']);
  }

  const running = run();
  running.catch((error: unknown) => (failure = error as Error));
  return {
    acknowledged,
    get orders() {
      return placed.size;
    },
    check() {
      if (failure) throw failure;
    },
    async stop() {
      shopping = false;
      await running;
    },
    async expectFulfilled(payments, head) {
      const endings = new Map<string, string>();
      for (const orderId of placed.keys()) endings.set(orderId, await untilEnded(orderId));
      const position = await head();
      const get = (path: string) => getAt(position, path);
      let sold = 0;
      for (const [orderId, quantity] of placed) {
        const isSold = endings.get(orderId) === 'completed';
        const amountMinor = isSold ? quantity * PRICE_MINOR : 0;
        const { status, paidMinor } = await get(`/orders/${orderId}`);
        const { items } = await get(`/payment-attempts?orderId=${orderId}`);
        const isClosed = (isSold ? SOLD : UNSOLD).includes(String(status));
        const takenMinor = takenBy(items as readonly Attempt[], payments());
        const expected = { isClosed: true, paidMinor: amountMinor, takenMinor: amountMinor };
        const ending = endings.get(orderId);
        const found = { isClosed, paidMinor, takenMinor };
        expect({ orderId, ending, ...found }).toEqual({ orderId, ending, ...expected });
        if (isSold) sold += quantity;
      }
      const { onHand, reserved } = await get(`/inventory/${productId}/availability`);
      expect([onHand, reserved]).toEqual([ON_HAND - sold, 0]);
      return sold * PRICE_MINOR;
    },
  };
}

interface Attempt {
  readonly paymentId: string;
}

/** What the provider has kept over all of the attempts. */
function takenBy(attempts: readonly Attempt[], payments: readonly SimulatedPayment[]): number {
  const ids = attempts.map(({ paymentId }) => paymentId);
  const own = payments.filter(({ attemptId }) => ids.includes(attemptId));
  return own.reduce((sum, payment) => sum + keptMinor(payment), 0);
}

/** What the provider has kept of a payment. */
export function keptMinor({ status, amountMinor, refunds }: SimulatedPayment): number {
  if (status !== 'succeeded') return 0;
  const refunded = refunds.filter((refund) => refund.status === 'refunded');
  return refunded.reduce((rest, refund) => rest - refund.amountMinor, amountMinor);
}
