import { openShop, type Shop } from './support/shop.ts';

const FLAT_WHITE = { name: 'Flat white', currency: 'USD', priceMinor: 350 };

describe('Products', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.stop());

  async function create(more: Record<string, unknown> = {}): Promise<string> {
    const created = await shop.post('/products', { ...FLAT_WHITE, ...more });
    expect(created.status).toBe(201);
    return String(created.body['productId']);
  }

  const order = (line: Record<string, unknown>, options = {}) =>
    shop.post('/orders', { currency: 'USD', lines: [{ quantity: '1', ...line }] }, options);

  it('are created, read, changed, deleted and restored', async () => {
    const productId = await create({ sku: 'FW-1', description: 'Double shot' });
    const path = `/products/${productId}`;
    expect((await shop.get(path)).body).toMatchObject({ ...FLAT_WHITE, status: 'live' });

    const changed = await shop.put(path, { priceMinor: 380, description: null });
    expect(changed.body).toMatchObject({ priceMinor: 380, sku: 'FW-1' });
    expect(changed.body).not.toHaveProperty('description');

    expect((await shop.remove(path, { reason: 'Season' })).body).toMatchObject({
      status: 'deleted',
    });
    const deleted = await shop.get(path);
    expect(deleted.body).toMatchObject({ status: 'deleted', deletionReason: 'Season' });
    expect(typeof deleted.body['deletedBy']).toBe('string');
    expect((await shop.put(path, { priceMinor: 1 })).body['code']).toBe('product_deleted');

    expect((await shop.post(`${path}/restore`, {})).body['status']).toBe('live');
    expect((await shop.get(path)).body).not.toHaveProperty('deletedAt');
    expect((await shop.get(`/history${path}?asOf=0`)).body).toMatchObject({
      product: { priceMinor: 350, description: 'Double shot' },
    });
  });

  it('are listed in order, with filters and pages', async () => {
    for (const [name, priceMinor] of [
      ['Ábaco', 9_100],
      ['abedul', 9_300],
      ['Zeta', 9_200],
    ] as const) {
      await create({ name, priceMinor, categoryId: 'toys' });
    }
    const names = async (query: string) => {
      const page = await shop.get(`/products?categoryId=toys${query}`);
      return (page.body['items'] as { name: string }[]).map(({ name }) => name);
    };
    expect(await names('')).toEqual(['Ábaco', 'abedul', 'Zeta']);
    expect(await names('&sort=-price')).toEqual(['abedul', 'Zeta', 'Ábaco']);
    expect(await names('&minPriceMinor=9200&sort=price')).toEqual(['Zeta', 'abedul']);
    expect(await names('&maxPriceMinor=9200&minPriceMinor=9200')).toEqual(['Zeta']);
    expect(await names('&active=false')).toEqual([]);
    const first = await shop.get('/products?categoryId=toys&limit=2');
    const next = `/products?categoryId=toys&limit=2&cursor=${String(first.body['nextCursor'])}`;
    expect((await shop.get(next)).body['items']).toMatchObject([{ name: 'Zeta' }]);
    const elsewhere = next.replace('toys', 'tools');
    expect((await shop.get(elsewhere)).status).toBe(400);
  });

  it('have different skus, also when they are created at the same moment', async () => {
    const bodies = Array.from({ length: 8 }, (_, i) => ({
      ...FLAT_WHITE,
      name: `Twin ${i}`,
      sku: i % 2 === 0 ? 'Twin-É' : 'TWIN-é',
    }));
    const answers = await Promise.all(bodies.map((body) => shop.post('/products', body)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ body }) => body['code'] === 'sku_taken');
    expect(refused).toHaveLength(7);
  });

  it('give a sku free when they get another one', async () => {
    const first = await create({ sku: 'OLD-1' });
    expect((await shop.put(`/products/${first}`, { sku: 'NEW-1' })).status).toBe(200);
    const second = await create({ sku: 'old-1' });
    expect((await shop.put(`/products/${first}`, { sku: 'OLD-1' })).body['code']).toBe('sku_taken');
    expect((await shop.put(`/products/${second}`, { sku: null })).status).toBe(200);
    expect((await shop.put(`/products/${first}`, { sku: 'OLD-1' })).status).toBe(200);
  });

  it('have skus of their own in each shop', async () => {
    await create({ sku: 'BOTH' });
    const there = await shop.post('/products', { ...FLAT_WHITE, sku: 'BOTH' }, { store: 'b' });
    expect(there.status).toBe(201);
  });

  it('take the sku of a request that stopped before its product was stored', async () => {
    const key = 'stopped-in-between';
    const body = { ...FLAT_WHITE, sku: 'HALF' };
    const holder = await shop.post('/products', body, { key });
    const again = await shop.post('/products', body, { key });
    expect(again.body).toEqual(holder.body);
  });

  it('are sold at the price of the moment, which later changes do not touch', async () => {
    const productId = await create();
    const key = 'sold-before';
    const sold = await order({ productId, quantity: '2' }, { key });
    expect(sold.body).toMatchObject({ lines: [{ name: 'Flat white', unitPriceMinor: 350 }] });
    await shop.put(`/products/${productId}`, { priceMinor: 400 });
    expect((await order({ productId, quantity: '2' }, { key })).body).toEqual(sold.body);
    expect((await order({ productId })).body).toMatchObject({ totals: { totalMinor: 400 } });
    const stored = await shop.get(`/orders/${String(sold.body['orderId'])}`);
    expect(stored.body).toMatchObject({ totals: { totalMinor: 700 } });
  });

  it('are sold at the price of the branch', async () => {
    const productId = await create({ branchPrices: [{ branchId: 'airport', priceMinor: 450 }] });
    const headers = { 'X-Branch-Id': 'airport' };
    expect((await order({ productId }, { headers })).body).toMatchObject({
      totals: { totalMinor: 450 },
    });
  });

  it('are sold at another price only by callers who may override it', async () => {
    const productId = await create();
    const refused = await order({ productId, unitPriceMinor: 1 }, { role: 'till' });
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ code: 'price_differs', details: { expected: 350 } });
    const accepted = await order({ productId, unitPriceMinor: 300 });
    expect(accepted.body).toMatchObject({ lines: [{ unitPriceMinor: 300, listPriceMinor: 350 }] });
  });

  it('are sold only where they exist and are for sale', async () => {
    expect((await order({ productId: 'nothing' })).status).toBe(404);
    const productId = await create({ active: false });
    expect((await order({ productId })).body['code']).toBe('product_unavailable');
    expect((await order({ quantity: '1' })).status).toBe(400);
  });

  it.each([
    ['a price of 0', { priceMinor: 0 }],
    ['a price with decimals', { priceMinor: 3.5 }],
    ['an image without https', { images: ['http://example.com/a.jpg'] }],
    ['an image with credentials', { images: ['https://user:secret@example.com/a.jpg'] }],
    ['a sku with blanks around it', { sku: ' A ' }],
    ['an unknown stock policy', { stockPolicy: 'some' }],
  ])('are rejected with %s', async (_, more) => {
    const answer = await shop.post('/products', { ...FLAT_WHITE, ...more });
    expect(answer.status).toBe(400);
  });

  it('are changed by managers only', async () => {
    const denied = await shop.post('/products', FLAT_WHITE, { role: 'till' });
    expect(denied.status).toBe(403);
  });
});
