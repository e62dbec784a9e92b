import {
  type QuickBooksSimulator,
  startQuickBooksSimulator,
} from '../../../../simulators/quickbooks/server.ts';
import { startSquareSimulator } from '../../../../simulators/square/server.ts';
import { createProviderGuards } from '../../../../src/adapters/guards/provider-guards.ts';
import { createSafeFetch } from '../../../../src/adapters/system/safe-fetch.ts';
import { openProviderClients } from '../../../../src/boot/open-provider-clients.ts';
import { BREAKERS } from '../../../../src/ports/provider-guard.ts';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts';
import { openShop, type Shop } from './shop.ts';

const TOKEN = 'eyJ-token-of-the-company-0001';
const REALM = '4620816365000000001';
const MAX_READS = 400;
const BOOKS = '/integrations/quickbooks/books';

type Fields = Readonly<Record<string, unknown>>;

export interface BooksShop {
  readonly shop: Shop;
  readonly clock: FakeClock;
  readonly itemId: string;
  connect(): Promise<void>;
  /** With a simulated Square as well. */
  connectSquare(): Promise<void>;
  /** A call to the simulated Square, or to QuickBooks below the company. */
  atSquare(method: string, path: string, body?: unknown): Promise<Fields>;
  atBooks(method: string, path: string, body?: unknown): Promise<Fields>;
  map(kind: string, key: string, target: string): Promise<void>;
  faults(plan: readonly object[]): Promise<void>;
  /** Decides for the company: until when its books are closed, and whether it still pays. */
  decide(company: { readonly closedUntil?: string; readonly hasEnded?: boolean }): Promise<void>;
  /** Documents that the provider holds. */
  held(
    entity: 'SalesReceipt' | 'RefundReceipt' | 'Invoice' | 'CreditMemo' | 'Deposit',
  ): Promise<readonly Fields[]>;
  /** Reads until it is as expected; the clock of the shop moves on between two reads. */
  until<T>(read: () => Promise<T>, isReached: (value: T) => boolean): Promise<T>;
  /** The newest delivery to the books, once its state is that. */
  delivered(state: string): Promise<Fields>;
  stop(): Promise<void>;
}

/** A shop that is connected with a simulated QuickBooks Online, where there is one item. */
export async function openBooksShop(): Promise<BooksShop> {
  const simulator: QuickBooksSimulator = await startQuickBooksSimulator({
    ...{ accessToken: TOKEN, realmId: REALM },
  });
  const square = await startSquareSimulator({ accessToken: TOKEN });
  const http = createSafeFetch({ allowed: ['127.0.0.1'] });
  const clock = createFakeClock(Date.now());
  const shop = await openShop({
    clock,
    transports: {
      providerClients: openProviderClients(
        http,
        `quickbooks=${simulator.url},square=${square.url}`,
      ),
      providerGuards: createProviderGuards({ clock, settings: BREAKERS }),
    },
  });

  const callTo = (url: string) => async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Fields;
  };
  const call = callTo(simulator.url);
  const atSquare = callTo(square.url);
  const made = await call('POST', `/v3/company/${REALM}/item`, {
    ...{ Name: 'Sales', Type: 'Service', IncomeAccountRef: { value: '1' } },
  });
  const itemId = (made['Item'] as { readonly Id: string }).Id;

  async function until<T>(read: () => Promise<T>, isReached: (value: T) => boolean): Promise<T> {
    for (let reads = 0; reads < MAX_READS; reads++) {
      const value = await read();
      if (isReached(value)) return value;
      await clock.advance(1_000);
    }
    throw new Error(`it did not get there: ${JSON.stringify(await read())}`);
  }

  async function newest(): Promise<Fields | undefined> {
    const { body } = await shop.get('/deliveries?channel=books');
    return (body['items'] as Fields[])[0];
  }

  return {
    ...{ shop, clock, itemId, until },
    async connect() {
      const { body } = await shop.post('/integrations/quickbooks/connect', {
        ...{ account: REALM, environment: 'sandbox', accessToken: TOKEN },
      });
      expect(body['status']).toBe('connected');
    },
    async connectSquare() {
      const { body } = await shop.post('/integrations/square/connect', {
        ...{ account: 'MERCHANT0001', environment: 'sandbox', accessToken: TOKEN },
      });
      expect(body['status']).toBe('connected');
    },
    atSquare,
    atBooks: (method, path, body) => call(method, `/v3/company/${REALM}${path}`, body),
    async map(kind, key, target) {
      expect((await shop.put(`${BOOKS}/targets`, { kind, key, target })).status).toBe(200);
    },
    async faults(plan) {
      await call('PUT', '/control/faults', plan);
    },
    async decide(company) {
      await call('PUT', '/control/company', company);
    },
    async held(entity) {
      const state = await call('GET', '/control/state');
      expect(state['violations']).toEqual([]);
      return state[entity] as readonly Fields[];
    },
    async delivered(state) {
      const found = await until(newest, (each) => each?.['state'] === state);
      return (await shop.get(`/deliveries/${String(found?.['deliveryId'])}`)).body;
    },
    async stop() {
      await shop.stop();
      await simulator.stop();
      await square.stop();
      http.close();
    },
  };
}
