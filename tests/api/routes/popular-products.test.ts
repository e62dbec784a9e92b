import { openShop, type Shop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

async function product(name: string): Promise<string> {
  const created = await shop.post('/products', { name, currency: 'USD', priceMinor: 300 });
  expect(created.status).toBe(201);
  return String(created.body['productId']);
}

async function order(...productIds: readonly string[]): Promise<void> {
  const lines = productIds.map((productId) => ({ productId, quantity: '2' }));
  expect((await shop.post('/orders', { currency: 'USD', lines })).status).toBe(202);
}

async function popular(limit = 20): Promise<readonly (readonly [unknown, unknown])[]> {
  const { status, body } = await shop.get(`/products/popular?limit=${limit}`);
  expect(status).toBe(200);
  const items = body['items'] as { product: { name: string }; orders: number }[];
  return items.map(({ product: { name }, orders }) => [name, orders]);
}

describe('GET /products/popular', () => {
  it('lists what is for sale by the number of orders that name it', async () => {
    expect(await popular()).toEqual([]);
    const [tea, mug, jar] = [await product('Tea'), await product('Mug'), await product('Jar')];
    await order(tea, mug);
    // Twice in one order is one order.
    await order(mug, mug);
    await order(mug, jar);
    await order(jar);
    await order(jar);
    await order(jar);

    expect(await popular()).toEqual([
      ['Jar', 4],
      ['Mug', 3],
      ['Tea', 1],
    ]);
    expect(await popular(2)).toHaveLength(2);
    await shop.remove(`/products/${jar}`, { reason: 'Season' });
    expect(await popular(1)).toEqual([['Mug', 3]]);
  });

  it('shows nothing of another shop, and takes a limit of 1 to 50', async () => {
    const other = await shop.get('/products/popular', { store: 'b' });
    expect(other.body).toEqual({ items: [] });
    for (const limit of [0, 51]) {
      expect((await shop.get(`/products/popular?limit=${limit}`)).status).toBe(400);
    }
  });
});
