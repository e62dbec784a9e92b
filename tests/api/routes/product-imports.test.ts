import { MAX_IMPORT_PRODUCTS } from '../../../src/api/routes/catalog/imports.ts';
import { squareCatalog } from '../../support/square/catalog.ts';
import { openShop, type Shop } from './support/shop.ts';

const ESPRESSO = { name: 'Espresso', sku: 'ES', currency: 'EUR', priceMinor: 220 };

interface Item {
  readonly outcome: string;
  readonly productId?: string;
  readonly code?: string;
  readonly path?: string;
  readonly notices?: readonly { readonly code: string; readonly path: string }[];
}

describe('POST /imports/products', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.stop());

  async function send(body: unknown, options = {}): Promise<readonly Item[]> {
    const { status, body: report } = await shop.post('/imports/products', body, options);
    expect(status).toBe(200);
    return report['items'] as readonly Item[];
  }
  const outcomes = async (body: unknown, options = {}) =>
    (await send(body, options)).map(({ outcome, code }) => code ?? outcome);
  const listed = async (path: string, store = 'a') =>
    (await shop.get(path, { store })).body['items'] as readonly Record<string, unknown>[];
  const product = async ({ productId }: Item) =>
    (await shop.get(`/products/${String(productId)}`)).body;

  it('adds products, changes those that differ, and repeats nothing', async () => {
    const tea = { ...ESPRESSO, name: 'Tea', sku: 'TE', allergens: ['milk'] };
    expect(await outcomes([ESPRESSO, tea])).toEqual(['imported', 'imported']);
    const head = await shop.world.log.head();
    expect(await outcomes({ products: [ESPRESSO, tea] })).toEqual(['repeated', 'repeated']);
    expect(await shop.world.log.head()).toEqual(head);

    const [same, changed] = await send([ESPRESSO, { sku: 'te', priceMinor: 240 }]);
    expect(same?.outcome).toBe('repeated');
    expect(changed?.outcome).toBe('changed');
    expect(await product(changed!)).toMatchObject({ ...tea, sku: 'te', priceMinor: 240 });
    expect(await outcomes([{ sku: 'TE', allergens: [], description: null }])).toEqual(['changed']);
  });

  it('finds a product that was added by hand, by its sku or its id', async () => {
    const { body } = await shop.post('/products', ESPRESSO);
    const productId = String(body['productId']);
    const [bySku] = await send([{ ...ESPRESSO, priceMinor: 230 }]);
    expect(bySku).toMatchObject({ outcome: 'changed', productId });
    const [byId] = await send([{ productId, sku: 'ES-2' }]);
    expect(byId).toMatchObject({ outcome: 'changed', productId });
    const [free] = await send([ESPRESSO]);
    expect(free?.outcome).toBe('imported');
    expect(free?.productId).not.toBe(productId);
    expect(await outcomes([{ productId, sku: 'ES' }])).toEqual(['sku_taken']);
  });

  it('adds a category once, finds those made by hand, and leaves a product in its own', async () => {
    const hot = { ...ESPRESSO, category: 'Drinks/Hot' };
    const rows = [hot, { ...hot, sku: 'E2' }, { ...hot, sku: 'E3', category: 'Drinks\\/Hot' }];
    expect(await outcomes(rows)).toEqual(['imported', 'imported', 'imported']);
    expect(await outcomes(rows)).toEqual(['repeated', 'repeated', 'repeated']);
    const names = (await listed('/categories')).map(({ name }) => name);
    expect(names.sort()).toEqual(['Drinks', 'Drinks/Hot', 'Hot']);

    const { body } = await shop.post('/categories', { name: 'Food' });
    await shop.get('/categories');
    const [cake] = await send([{ ...ESPRESSO, sku: 'CA', category: 'Food' }]);
    expect(await product(cake!)).toMatchObject({ categoryId: body['categoryId'] });
    const none = await send([{ sku: 'CA', category: null }]);
    expect(await product(none[0]!)).not.toHaveProperty('categoryId');
  });

  it('adds a category anew after the first one was renamed', async () => {
    const [first] = await send([{ ...ESPRESSO, category: 'Hot' }]);
    const { categoryId } = await product(first!);
    await shop.put(`/categories/${String(categoryId)}`, { name: 'Warm' });
    expect(await outcomes([{ ...ESPRESSO, category: 'Warm' }])).toEqual(['repeated']);
    expect(await outcomes([{ ...ESPRESSO, category: 'Hot' }])).toEqual(['changed']);
    expect(await outcomes([{ ...ESPRESSO, category: 'Hot' }])).toEqual(['repeated']);
  });

  it('names the field of each row that it cannot import, and imports the others', async () => {
    const { priceMinor: _, ...unpriced } = ESPRESSO;
    const items = await send({
      products: [
        unpriced,
        { ...ESPRESSO, sku: 'X1', priceMinor: 0 },
        { ...ESPRESSO, sku: 'X2', name: 'Esp\u0000resso' },
        { ...ESPRESSO, sku: 'X3', category: 'A/B/C' },
        { ...ESPRESSO, sku: null },
        { ...ESPRESSO, sku: 'X4', currency: 'XYZ' },
        { ...ESPRESSO, sku: 'OK' },
        { ...ESPRESSO, sku: 'ok' },
        'Espresso',
      ],
    });
    expect(items.map(({ code = 'imported', path }) => [code, path])).toEqual([
      ['invalid_product', '/products/0/priceMinor'],
      ['invalid_product', '/products/1/priceMinor'],
      ['invalid_product', '/products/2/name'],
      ['category_path_too_deep', '/products/3/category'],
      ['product_without_key', '/products/4/sku'],
      ['unknown_currency', '/products/5/currency'],
      ['imported', undefined],
      ['duplicate_in_import', '/products/7/sku'],
      ['invalid_product', '/products/8'],
    ]);
    expect(await listed('/products')).toHaveLength(1);
    expect(await listed('/categories')).toEqual([]);
  });

  it('leaves a deleted product and the currency of a known one as they are', async () => {
    const [item] = await send([ESPRESSO]);
    expect(await outcomes([{ ...ESPRESSO, currency: 'USD' }])).toEqual(['currency_differs']);
    await shop.remove(`/products/${String(item?.productId)}`, {});
    expect(await outcomes([ESPRESSO])).toEqual(['product_deleted']);
  });

  it('adds each product and category once when the same list comes twice at once', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => ({
      ...ESPRESSO,
      sku: `S${i}`,
      category: `Drinks/${i % 3}`,
    }));
    const both = await Promise.all([send(rows), send(rows)]);
    expect(new Set(both.flat().map(({ code }) => code))).toEqual(new Set([undefined]));
    expect(await listed('/products')).toHaveLength(20);
    expect(await listed('/categories')).toHaveLength(4);
  });

  it('keeps the products of two shops apart', async () => {
    const [ofA] = await send([{ ...ESPRESSO, category: 'Hot' }]);
    expect(await outcomes([{ ...ESPRESSO, category: 'Hot' }], { store: 'b' })).toEqual([
      'imported',
    ]);
    const [ofB] = await send([{ productId: ofA!.productId, ...ESPRESSO }], { store: 'b' });
    expect(ofB?.productId).not.toBe(ofA?.productId);
    expect(await listed('/categories', 'b')).toHaveLength(1);
    const denied = await shop.post('/imports/products', [], { role: 'waiter' });
    expect(denied.status).toBe(403);
  });

  it('limits a request', async () => {
    const rows = Array.from({ length: MAX_IMPORT_PRODUCTS + 1 }, () => ESPRESSO);
    const { body } = await shop.post('/imports/products', rows);
    expect(body).toMatchObject({ code: 'invalid_request' });
    expect((await shop.post('/imports/products', { items: [] })).status).toBe(400);
  });

  it('takes a Square catalogue: a product for each variation, with groups and categories', async () => {
    const items = await send(squareCatalog());
    expect(items.map(({ outcome, code }) => code ?? outcome)).toEqual([
      'imported',
      'imported',
      'no_fixed_price',
      'imported',
      'part_of_items',
      'not_a_product',
    ]);
    expect(await product(items[0]!)).toMatchObject({
      name: 'Coffee',
      sku: 'CO-R',
      priceMinor: 250,
      currency: 'USD',
      branchPrices: [{ branchId: 'L-AIRPORT', priceMinor: 300 }],
      allergens: ['milk'],
      stockPolicy: 'tracked',
      modifierGroups: [
        {
          groupId: 'ML-MILK',
          name: 'Milk',
          min: 0,
          max: 1,
          required: false,
          options: [
            { modifierId: 'M-OAT', name: 'Oat', priceMinor: 50 },
            { modifierId: 'M-SOY', name: 'Soy', priceMinor: 0 },
          ],
        },
      ],
    });
    expect(await product(items[1]!)).toMatchObject({ name: 'Coffee - Large', priceMinor: 350 });
    expect(items[0]?.notices?.map(({ code, path }) => [code, path])).toEqual([
      ['not_taken_over', '/objects/0/item_data/tax_ids'],
    ]);
    const names = (await listed('/categories')).map(({ name }) => name);
    expect(names.sort()).toEqual(['Beverages', 'Hot']);

    const again = await send(squareCatalog());
    expect(new Set(again.map(({ outcome }) => outcome))).toEqual(new Set(['repeated', 'skipped']));
    const raised = squareCatalog({ largeMinor: 375 });
    expect((await send(raised)).map(({ outcome }) => outcome)).toContain('changed');
  });
});
