import { createMemoryCache } from '../../../src/adapters/memory/cache.ts';
import { createSystemMetrics } from '../../../src/adapters/system/metrics.ts';
import { cacheKey } from '../../../src/domain/kernel/names.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { keyOf } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

const shops: Shop[] = [];
afterAll(() => Promise.all(shops.map((shop) => shop.stop())));

async function open(options: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = await openShop(options);
  shops.push(shop);
  return shop;
}

/** A query without a position, which any cached entry may answer. */
const ask = (shop: Shop, path: string, store = 'a') =>
  shop.world.call('GET', path, { key: keyOf(store) });

async function addProduct(shop: Shop, name: string, store = 'a'): Promise<string> {
  const fields = { name, currency: 'USD', priceMinor: 300 };
  const created = await shop.post('/products', fields, { store });
  expect(created.status).toBe(201);
  await shop.world.caughtUp();
  return String(created.body['productId']);
}

async function cacheOf(shop: Shop) {
  const { body } = await shop.world.call('GET', '/health/detailed', { key: keyOf('a', 'admin') });
  return body['cache'] as {
    readonly mode: string;
    readonly localCacheSize: number;
    readonly localCacheBytes: number;
    readonly stats: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
}

describe('products over the cache', () => {
  it('answers a product from memory until it is changed, deleted or restored', async () => {
    const shop = await open();
    const id = await addProduct(shop, 'Tea');
    const path = `/products/${id}`;
    const first = await ask(shop, path);
    const second = await ask(shop, path);
    expect([second.text, second.headers.get('etag')]).toEqual([
      first.text,
      first.headers.get('etag'),
    ]);
    const { stats } = await cacheOf(shop);
    expect(stats['product']).toMatchObject({ l1Hits: 1, l2Hits: 0, misses: 1, totalRequests: 2 });

    await shop.put(path, { priceMinor: 450 });
    await shop.world.caughtUp();
    expect((await ask(shop, path)).body['priceMinor']).toBe(450);
    await shop.remove(path, { reason: 'Season' });
    await shop.world.caughtUp();
    expect((await ask(shop, path)).body['status']).toBe('deleted');
    await shop.post(`${path}/restore`, {});
    await shop.world.caughtUp();
    expect((await ask(shop, path)).body['status']).toBe('live');
  });

  it('shows what was written before the position of a query, at once', async () => {
    const shop = await open();
    const path = `/products/${await addProduct(shop, 'Tea')}`;
    await ask(shop, path);
    for (let priceMinor = 301; priceMinor < 321; priceMinor++) {
      const changed = await shop.put(path, { priceMinor });
      const headers = { 'Tillstream-Position': changed.headers.get('tillstream-position') ?? '' };
      const shown = await shop.world.call('GET', path, { key: keyOf('a'), headers });
      expect(shown.body['priceMinor']).toBe(priceMinor);
    }
  });

  it('takes the price of an order from the product itself, whatever the cache holds', async () => {
    const cache = createMemoryCache();
    const shop = await open({ cache });
    const productId = await addProduct(shop, 'Tea');
    const { text } = await ask(shop, `/products/${productId}`);
    const key = cacheKey('document', 'a', 'product', productId);
    const stored = (await cache.get(key)) ?? '';
    expect(stored).toContain(text);
    await cache.put(key, stored.replaceAll('300', '1'), { ttlMs: 60_000 });
    const lines = [{ productId, quantity: '1' }];
    const placed = await shop.post('/orders', { currency: 'USD', lines });

    expect(placed.body).toMatchObject({ totals: { totalMinor: 300 } });
  });

  it('keeps the products of shops apart, and caches no product that is missing', async () => {
    const shop = await open();
    const id = await addProduct(shop, 'Tea');
    await ask(shop, `/products/${id}`);
    for (let n = 0; n < 2; n++) {
      expect((await ask(shop, `/products/${id}`, 'b')).status).toBe(404);
      expect((await ask(shop, '/products/popular', 'b')).body).toEqual({ items: [] });
    }
    expect((await ask(shop, `/products/${id}`)).status).toBe(200);
  });

  it('counts new orders among the popular products within half a minute', async () => {
    const clock = createFakeClock(Date.UTC(2026, 4, 4, 12));
    const shop = await open({ clock });
    const productId = await addProduct(shop, 'Tea');
    const order = async () => {
      const lines = [{ productId, quantity: '1' }];
      expect((await shop.post('/orders', { currency: 'USD', lines })).status).toBe(202);
    };
    const orders = async (answer: Awaited<ReturnType<typeof ask>>) =>
      (answer.body['items'] as { orders: number }[]).map((item) => item.orders);
    await order();
    expect(await orders(await shop.get('/products/popular'))).toEqual([1]);
    await order();
    expect(await orders(await ask(shop, '/products/popular'))).toEqual([1]);
    expect(await orders(await shop.get('/products/popular'))).toEqual([2]);
    await order();
    await shop.world.caughtUp();
    await clock.advance(30_000);
    expect(await orders(await ask(shop, '/products/popular'))).toEqual([3]);

    await shop.put(`/products/${productId}`, { active: false });
    await shop.world.caughtUp();
    expect(await orders(await ask(shop, '/products/popular'))).toEqual([]);
  });

  it('drops what a repair of the read model has changed', async () => {
    const shop = await open();
    const id = await addProduct(shop, 'Tea');
    const { projections } = shop.world.app.services;
    await ask(shop, `/products/${id}`);
    const before = await cacheOf(shop);
    await projections.rebuild('products', 'a test', { kind: 'operator', id: 'boss' });
    await shop.world.caughtUp();
    expect((await ask(shop, `/products/${id}`)).body['name']).toBe('Tea');
    const after = await cacheOf(shop);

    expect(after.stats['product']?.['misses']).toBe((before.stats['product']?.['misses'] ?? 0) + 1);
  });

  it('answers from the cache of all instances after a restart of this one', async () => {
    const cache = createMemoryCache();
    const shop = await open({ cache });
    const id = await addProduct(shop, 'Tea');
    await ask(shop, `/products/${id}`);
    const stored = await cache.get(cacheKey('document', 'a', 'product', id));

    expect(stored).toContain('"name":"Tea"');
    expect(await cacheOf(shop)).toMatchObject({ mode: 'shared', healthy: true });
    await shop.put(`/products/${id}`, { name: 'Green tea' });
    await shop.world.caughtUp();
    expect(await cache.get(cacheKey('document', 'a', 'product', id))).toBeUndefined();
  });

  it('shows its figures in the health report and the metrics', async () => {
    const metrics = createSystemMetrics();
    const shop = await open({ metrics, cache: createMemoryCache() });
    const id = await addProduct(shop, 'Tea');
    for (let n = 0; n < 4; n++) await ask(shop, `/products/${id}`);
    const { localCacheSize, localCacheBytes, stats } = await cacheOf(shop);
    expect(localCacheSize).toBeGreaterThan(0);
    expect(localCacheBytes).toBeGreaterThan(500);
    expect(stats['product']).toMatchObject({ hits: 3, misses: 1 });
    const { text } = await metrics.scrape();
    for (const line of [
      'cache_hits_total{cache_type="product",level="L1"} 3',
      'cache_misses_total{cache_type="product"} 1',
      'cache_hit_rate_by_type{cache_type="product"} 75',
      'cache_response_time_seconds_count{cache_type="product",result="hit"} 3',
      'cache_operations_total{cache_type="product",operation="put"}',
      'cache_operation_duration_seconds_count{cache_type="product",operation="drop"}',
    ]) {
      expect(text).toContain(line);
    }
  });
});
