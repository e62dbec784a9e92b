import { Agent, request, type RequestOptions } from 'node:http';

import { createSystemMetrics } from '../../src/adapters/system/metrics.ts';
import { START } from '../../src/domain/kernel/position.ts';
import { openShop, type Shop } from './routes/support/shop.ts';
import { keyOf } from './support/api-world.ts';

/** Requests of the default run; `TENANT_REQUESTS=100000` makes all of them. */
const REQUESTS = Number(process.env['TENANT_REQUESTS'] ?? 3_000);
const SEED = Number(process.env['TENANT_SEED'] ?? 20_261_130);
const CLIENTS = 8;
const MAX_IDS = 500;
/** Clients and server share one process: what is slow is the machine, and none of them. */
const PATIENT = { headersTimeoutMs: 600_000, requestTimeoutMs: 600_000, deadlineMs: 600_000 };
const SHOPS = ['a', 'b'] as const;
type Store = (typeof SHOPS)[number];
const otherOf = (store: Store): Store => (store === 'a' ? 'b' : 'a');

/** A word in everything that a shop writes, and in nothing that the other may see. */
const markOf = (store: Store) => (store === 'a' ? 'Albatross' : 'Bittern');

/** A small seeded generator, so that a failing run can be made again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Known {
  readonly orders: string[];
  readonly customers: string[];
  readonly products: string[];
  readonly cursors: { path: string; cursor: string }[];
  readonly positions: string[];
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

const LISTS = [
  '/orders',
  '/customers',
  '/products',
  '/audit',
  '/audit?severity=LOW',
  '/history',
  '/inventory',
  '/deliveries',
  '/alerts',
  '/processes',
  '/payments',
];

describe('Random requests of two shops at once', () => {
  let shop: Shop;
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const known: Record<Store, Known> = { a: noneKnown(), b: noneKnown() };
  const counts = new Map<string, number>();
  const random = seeded(SEED);
  let serial = 0;

  beforeAll(async () => {
    const metrics = createSystemMetrics({ runtime: false });
    shop = await openShop({ metrics, limits: PATIENT });
  });
  afterAll(async () => {
    agent.destroy();
    await shop.stop();
  });

  function noneKnown(): Known {
    return { orders: [], customers: [], products: [], cursors: [], positions: [] };
  }

  function keep<T>(list: T[], item: T): void {
    if (list.length < MAX_IDS) list.push(item);
    else list[Math.floor(random() * MAX_IDS)] = item;
  }

  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];

  function send(store: Store, method: string, path: string, json?: unknown): Promise<Reply> {
    const body = json === undefined ? undefined : JSON.stringify(json);
    const headers = {
      authorization: `Bearer ${keyOf(store)}`,
      ...(method !== 'GET' && { 'idempotency-key': `${store}-${++serial}` }),
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      }),
    };
    return exchange(path, { method, agent, headers }, body);
  }

  function exchange(path: string, options: RequestOptions, body?: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const req = request(`${shop.world.url}${path}`, options);
      req.once('error', (error: NodeJS.ErrnoException) => {
        // The server has just closed an idle connection: a client sends it again, on another one.
        const isStale = req.reusedSocket && error.code === 'ECONNRESET';
        if (isStale) resolve(exchange(path, { ...options, agent: false }, body));
        else reject(error);
      });
      req.once('response', (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.once('end', () =>
          resolve({ status: res.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      req.end(body);
    });
  }

  /** Checked for every response of the run. */
  function assertOwn(store: Store, what: string, { status, text }: Reply): void {
    counts.set(what, (counts.get(what) ?? 0) + 1);
    if (status >= 500) throw new Error(`seed ${SEED}: ${what} of ${store}: ${status} ${text}`);
    if (!text.includes(markOf(otherOf(store)))) return;
    throw new Error(`seed ${SEED}: ${what} of ${store} shows the other shop: ${text}`);
  }

  async function write(store: Store): Promise<void> {
    const mark = markOf(store);
    const kind = random();
    if (kind < 0.5) {
      const line = { name: `${mark} tea`, quantity: '1', unitPriceMinor: 100 };
      const reply = await send(store, 'POST', '/orders', { currency: 'USD', lines: [line] });
      assertOwn(store, 'place an order', reply);
      keep(known[store].orders, idIn(reply, 'orderId'));
    } else if (kind < 0.75) {
      const account = { currency: 'USD', name: `${mark} ${serial}`, creditLimitMinor: 1_000 };
      const reply = await send(store, 'POST', '/customers', account);
      assertOwn(store, 'open an account', reply);
      keep(known[store].customers, idIn(reply, 'customerId'));
    } else {
      const id = pick(known[store].orders);
      if (id === undefined) return;
      const payment = { method: 'cash', amountMinor: 10, currency: 'USD', reference: mark };
      assertOwn(store, 'pay', await send(store, 'POST', `/orders/${id}/payments`, payment));
    }
  }

  function idIn({ status, text }: Reply, name: string): string {
    const id = (JSON.parse(text) as Record<string, unknown>)[name];
    if (typeof id !== 'string') throw new Error(`expected ${name}, found ${status} ${text}`);
    return id;
  }

  async function list(store: Store): Promise<void> {
    const path = pick(LISTS) ?? '/orders';
    const limit = 1 + Math.floor(random() * 20);
    const reply = await send(
      store,
      'GET',
      `${path}${path.includes('?') ? '&' : '?'}limit=${limit}`,
    );
    assertOwn(store, `list ${path}`, reply);
    if (reply.status !== 200) throw new Error(`expected a page of ${path}, found ${reply.text}`);
    const { nextCursor } = JSON.parse(reply.text) as { nextCursor?: string };
    if (nextCursor !== undefined) keep(known[store].cursors, { path, cursor: nextCursor });
  }

  async function read(store: Store, owner: Store): Promise<void> {
    const order = pick(known[owner].orders);
    const customer = pick(known[owner].customers);
    const paths = [
      ...(order === undefined ? [] : [`/orders/${order}`, `/orders/${order}/history`]),
      ...(customer === undefined ? [] : [`/customers/${customer}`]),
    ];
    const path = pick(paths);
    if (path === undefined) return;
    const reply = await send(store, 'GET', path);
    const isOwn = store === owner;
    assertOwn(store, isOwn ? 'read its own' : 'read by an id of the other', reply);
    // A read model may be a moment behind its own writes; another shop's never becomes visible.
    if (!isOwn && reply.status !== 404) {
      throw new Error(`seed ${SEED}: ${store} reads ${path} of ${owner}: ${reply.status}`);
    }
  }

  async function foreignCursor(store: Store): Promise<void> {
    const stolen = pick(known[otherOf(store)].cursors);
    if (!stolen) return;
    const { path, cursor } = stolen;
    const next = `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
    assertOwn(store, 'a cursor of the other', await send(store, 'GET', next));
  }

  async function search(store: Store): Promise<void> {
    const word = markOf(otherOf(store));
    const path = pick([
      `/customers?search=${word}`,
      `/products?search=${word}`,
      `/history?correlation=${word}`,
      `/audit?user=${otherOf(store)}-manager`,
      `/audit?resource=order/${pick(known[otherOf(store)].orders) ?? 'none'}`,
    ]);
    const { status, text } = await send(store, 'GET', path ?? '/customers');
    counts.set('search for the other', (counts.get('search for the other') ?? 0) + 1);
    if (status !== 200) return;
    const { items } = JSON.parse(text) as { items: unknown[] };
    if (items.length > 0) throw new Error(`seed ${SEED}: ${store} finds by ${path}: ${text}`);
  }

  async function step(): Promise<void> {
    const store = random() < 0.5 ? 'a' : 'b';
    const kind = random();
    if (kind < 0.3) await write(store);
    else if (kind < 0.5) await list(store);
    else if (kind < 0.65) await read(store, store);
    else if (kind < 0.8) await read(store, otherOf(store));
    else if (kind < 0.9) await foreignCursor(store);
    else await search(store);
  }

  it(
    `never shows one shop what belongs to the other: ${REQUESTS} requests`,
    async () => {
      let left = REQUESTS;
      const client = async () => {
        while (left-- > 0) await step();
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));

      process.stdout.write(`seed ${SEED}: ${JSON.stringify(Object.fromEntries(counts))}\n`);
      const sent = [...counts.values()].reduce((sum, count) => sum + count, 0);
      expect(sent).toBeGreaterThan(REQUESTS / 2);
      expect(counts.get('read by an id of the other')).toBeGreaterThan(0);
      expect(counts.get('a cursor of the other')).toBeGreaterThan(0);
      let after = START;
      for (;;) {
        const { events } = await shop.world.log.readAll({ after, limit: 5_000 });
        const last = events.at(-1);
        if (!last) break;
        for (const { stream, metadata, data } of events) {
          const store = metadata.storeId as Store;
          expect(stream).toContain(`-${store}.`);
          if (!SHOPS.includes(store)) continue;
          expect(JSON.stringify(data)).not.toContain(markOf(otherOf(store)));
        }
        after = last.position;
      }
      const { text } = await shop.world.call('GET', '/metrics', { key: keyOf('a', 'operator') });
      for (const store of SHOPS) expect(text).not.toContain(markOf(store));
    },
    60_000 + REQUESTS * 40,
  );
});
