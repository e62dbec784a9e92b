import { openShop, type Shop } from './support/shop.ts';

const PRODUCTS = [
  { name: 'Café Molido', sku: 'CAF-500', priceMinor: 900, description: 'Tostado en Colombia' },
  { name: 'Cafetera', sku: 'KIT-1', priceMinor: 4_500 },
  { name: 'Crème brûlée', sku: 'POS-7', priceMinor: 650, description: 'Postre con café' },
  { name: 'Té verde', sku: 'TE-1', priceMinor: 300, active: false },
] as const;

describe('The search of products', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
    for (const product of PRODUCTS) {
      const created = await shop.post('/products', { currency: 'USD', ...product });
      expect(created.status).toBe(201);
    }
  });
  afterAll(() => shop.stop());

  async function found(q: string, more = ''): Promise<string[]> {
    const { status, body } = await shop.get(`/products/search?q=${encodeURIComponent(q)}${more}`);
    expect(status).toBe(200);
    return (body['items'] as { name: string }[]).map(({ name }) => name);
  }

  it('finds words of name, description and sku, whatever their case and accents', async () => {
    expect(await found('CAFE')).toEqual(['Café Molido', 'Crème brûlée', 'Cafetera']);
    expect(await found('creme')).toEqual(['Crème brûlée']);
    expect(await found('colombia tost')).toEqual(['Café Molido']);
    expect(await found('caf-500')).toEqual(['Café Molido']);
    expect(await found('caf500')).toEqual(['Café Molido']);
    expect(await found('nothing')).toEqual([]);
  });

  it('filters and sorts what it finds', async () => {
    expect(await found('caf', '&sort=-price')).toEqual(['Cafetera', 'Café Molido', 'Crème brûlée']);
    expect(await found('caf', '&sort=name')).toEqual(['Café Molido', 'Cafetera', 'Crème brûlée']);
    expect(await found('caf', '&maxPriceMinor=900')).toEqual(['Café Molido', 'Crème brûlée']);
    expect(await found('te', '&active=true')).toEqual([]);
  });

  it.each(['relevance', 'name', '-price'])('pages through what it finds by %s', async (sort) => {
    const all = await found('caf', `&sort=${sort}`);
    const pages: string[] = [];
    let cursor = '';
    do {
      const { body } = await shop.get(`/products/search?q=caf&limit=1&sort=${sort}${cursor}`);
      pages.push(...(body['items'] as { name: string }[]).map(({ name }) => name));
      const { nextCursor } = body;
      cursor = typeof nextCursor === 'string' ? `&cursor=${nextCursor}` : '';
    } while (cursor !== '');
    expect(pages).toEqual(all);
  });

  it('follows changes and deletions', async () => {
    const body = { currency: 'USD', name: 'Zumo', priceMinor: 250 };
    const { productId } = (await shop.post('/products', body)).body;
    const path = `/products/${String(productId)}`;
    await shop.put(path, { name: 'Jugo' });
    expect([await found('zumo'), await found('jugo')]).toEqual([[], ['Jugo']]);
    await shop.remove(path, {});
    expect(await found('jugo')).toEqual([]);
    expect(await found('jugo', '&status=deleted')).toEqual(['Jugo']);
  });

  it('finds nothing of another shop, and rejects a text without letters', async () => {
    const there = await shop.get('/products/search?q=cafe', { store: 'b' });
    expect(there.body['items']).toEqual([]);
    expect((await shop.get('/products/search?q=%21%21')).status).toBe(400);
  });
});
