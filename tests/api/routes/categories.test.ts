import { openShop, type Shop } from './support/shop.ts';

describe('Categories', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.stop());

  async function create(name: string, parentId?: string): Promise<string> {
    const created = await shop.post('/categories', { name, ...(parentId && { parentId }) });
    expect(created.status).toBe(201);
    return String(created.body['categoryId']);
  }

  async function product(name: string, categoryId: string): Promise<string> {
    const body = { name, categoryId, currency: 'USD', priceMinor: 100 };
    return String((await shop.post('/products', body)).body['productId']);
  }

  it('are deleted with all that is in them, as the preview says, and restored with it', async () => {
    const drinks = await create('Drinks');
    const hot = await create('Hot', drinks);
    const tea = await product('Tea', hot);
    const water = await product('Water', drinks);
    const gone = await product('Juice', drinks);
    await shop.remove(`/products/${gone}`, {});

    const preview = await shop.get(`/categories/${drinks}/cascade-preview`);
    expect(preview.body).toMatchObject({
      subcategories: [{ id: hot, name: 'Hot' }],
      products: [{ id: water }, { id: tea }],
    });
    const key = 'delete-drinks';
    await shop.get('/products');
    const deleted = await shop.remove(`/categories/${drinks}`, { reason: 'Season' }, { key });
    expect(deleted.body['status']).toBe('deleted');
    const again = await shop.remove(`/categories/${drinks}`, { reason: 'Season' }, { key });
    expect(again.body).toEqual(deleted.body);
    const statusOf = async (path: string) => (await shop.get(path)).body['status'];
    expect(await statusOf(`/products/${tea}`)).toBe('deleted');
    expect(await statusOf(`/products/${water}`)).toBe('deleted');
    const listed = await shop.get('/categories?status=deleted');
    expect(listed.body['items']).toMatchObject([
      { name: 'Drinks', deletionReason: 'Season' },
      { name: 'Hot' },
    ]);

    expect((await shop.post(`/categories/${drinks}/restore`, {})).body['status']).toBe('live');
    expect(await statusOf(`/products/${tea}`)).toBe('live');
    expect(await statusOf(`/products/${gone}`)).toBe('deleted');
    expect((await shop.get(`/categories?parentId=${drinks}`)).body['items']).toHaveLength(1);
  });

  it('have one level of subcategories, of a category that exists', async () => {
    const toys = await create('Toys');
    const small = await create('Small', toys);
    const tooDeep = await shop.post('/categories', { name: 'Tiny', parentId: small });
    expect(tooDeep.body['code']).toBe('category_too_deep');
    const nowhere = await shop.post('/categories', { name: 'Lost', parentId: 'nothing' });
    expect([nowhere.status, nowhere.body['code']]).toEqual([404, 'category_not_found']);
    await shop.remove(`/categories/${toys}`, {});
    const late = await shop.post('/categories', { name: 'Late', parentId: toys });
    expect(late.body['code']).toBe('category_deleted');
    expect((await shop.put(`/categories/${toys}`, { name: 'A' })).body['code']).toBe(
      'category_deleted',
    );
  });
});
