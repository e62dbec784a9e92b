import type { ApiResponse } from '../../src/cli/api-client.ts';
import { createPatientClient } from './patient-client.ts';

const PRICE_MINOR = 150;
/** Each so many orders one is sold on account, which two streams and a process take part in. */
const ON_ACCOUNT_EVERY = 4;

export interface TraderOptions {
  /** Where it may ask now; looked at before each request. */
  readonly urls: () => readonly string[];
  readonly apiKey: string;
  readonly name: string;
}

export interface Trader {
  /** Keys of the commands that were acknowledged. */
  readonly acknowledged: ReadonlySet<string>;
  /** Orders that were placed, paid and read back so far. */
  readonly orders: number;
  /** Throws what ended the trade too early. */
  check(): void;
  /** Ends after the order under way; rejects when an answer was not what it had to be. */
  stop(): Promise<void>;
}

/**
 * A till that places an order with one process, reads it from the next with the position of the
 * answer, pays it there and reads it from the one after, over and over. Like any client it repeats
 * a command under the same key until it is answered.
 */
export function startTrader({ urls, apiKey, name }: TraderOptions): Trader {
  const client = createPatientClient(urls, apiKey);
  const acknowledged = new Set<string>();
  let orders = 0;
  let trading = true;
  let failure: Error | undefined;

  async function post(path: string, key: string, body: unknown): Promise<ApiResponse> {
    const answer = await client.untilDone(key, (api) => api.post(path, { key, body }));
    acknowledged.add(key);
    return answer;
  }

  /** What must be seen of an order by whoever asks with the position of a write. */
  async function seen(path: string, position: string | undefined, expected: object) {
    const { body } = await client.untilDone(path, (api) => api.get(path, { position }));
    const found = Object.fromEntries(Object.keys(expected).map((field) => [field, body[field]]));
    if (JSON.stringify(found) === JSON.stringify(expected)) return;
    throw new Error(`expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
  }

  async function trade(n: number, customerId: unknown): Promise<void> {
    const lines = [{ name: 'Bread', quantity: '2', unitPriceMinor: PRICE_MINOR }];
    const key = `${name}-${n}`;
    const placed = await post('/orders', `${key}-order`, { currency: 'USD', lines });
    const amountMinor = 2 * PRICE_MINOR;
    const path = `/orders/${String(placed.body['orderId'])}`;
    await seen(path, placed.position, { paidMinor: 0, dueMinor: amountMinor });
    const onAccount = n % ON_ACCOUNT_EVERY === 0;
    const paid = await post(`${path}/payments`, `${key}-pay`, {
      amountMinor,
      currency: 'USD',
      ...(onAccount ? { method: 'on_account', customerId } : { method: 'cash' }),
    });
    await seen(path, paid.position, { paidMinor: amountMinor, dueMinor: 0 });
    orders += 1;
  }

  async function run(): Promise<void> {
    const opened = await post('/customers', `${name}-opened`, { currency: 'USD', name });
    for (let n = 1; trading; n += 1) await trade(n, opened.body['customerId']);
  }

  const running = run();
  running.catch((error: unknown) => (failure = error as Error));
  return {
    acknowledged,
    get orders() {
      return orders;
    },
    check() {
      if (failure) throw failure;
    },
    async stop() {
      trading = false;
      await running;
    },
  };
}
