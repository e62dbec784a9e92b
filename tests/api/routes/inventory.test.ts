import { openShop, type Shop } from './support/shop.ts';

describe('Inventory', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.stop());

  async function productWith(units: number, stockPolicy = 'tracked'): Promise<string> {
    const body = { name: 'Beans', currency: 'USD', priceMinor: 900, stockPolicy };
    const productId = String((await shop.post('/products', body)).body['productId']);
    if (units > 0) await post(productId, 'replenishments', { quantity: units });
    return productId;
  }

  const post = (productId: string, part: string, body: unknown, options = {}) =>
    shop.post(`/inventory/${productId}/${part}`, body, options);
  const levels = async (productId: string) => {
    const { onHand, reserved, available } = (await shop.get(`/inventory/${productId}`)).body;
    return [onHand, reserved, available];
  };

  it('reserves, confirms and releases, and shows every movement', async () => {
    const productId = await productWith(10);
    const kept = await post(productId, 'reservations', { reservationId: 'o1', quantity: 4 });
    expect(kept.body).toMatchObject({ onHand: 10, reserved: 4, available: 6 });
    await post(productId, 'reservations', { reservationId: 'o2', quantity: 2 });
    await post(productId, 'reservations/o1/confirm', {});
    await post(productId, 'reservations/o2/release', {});
    await post(productId, 'adjustments', { change: -1, reason: 'Broken' });
    expect(await levels(productId)).toEqual([5, 0, 5]);

    const { body } = await shop.get(`/inventory/${productId}/movements`);
    const items = body['items'] as { kind: string; change: number }[];
    const kinds = items.map(({ kind }) => kind).sort();
    const expected = ['adjusted', 'confirmed', 'released', 'replenished', 'reserved', 'reserved'];
    expect(kinds).toEqual(expected);
    expect(items.reduce((sum, { change }) => sum + change, 0)).toBe(5);
  });

  it('releases a reservation at its time limit without a command', async () => {
    const productId = await productWith(1);
    const body = { reservationId: 'cart', quantity: 1, expiresInSeconds: 1 };
    await post(productId, 'reservations', body);
    for (;;) {
      const { body: found } = await shop.get(`/inventory/${productId}/movements`);
      const kinds = (found['items'] as { kind: string }[]).map(({ kind }) => kind);
      if (kinds.includes('expired')) break;
    }
    expect(await levels(productId)).toEqual([1, 0, 1]);
    const confirmed = await post(productId, 'reservations/cart/confirm', {});
    expect([confirmed.status, confirmed.body['code']]).toEqual([422, 'reservation_ended']);
  });

  it('sells the last 50 units to 50 of 200 that come at the same time', async () => {
    const productId = await productWith(50);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        post(productId, 'reservations', { reservationId: `order-${i}`, quantity: 1 }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
    const refused = answers.filter(({ body }) => body['code'] === 'insufficient_stock');
    expect(refused).toHaveLength(150);
    const confirmed = await Promise.all(
      answers.map((_, i) => post(productId, `reservations/order-${i}/confirm`, {})),
    );
    expect(confirmed.filter(({ status }) => status === 200)).toHaveLength(50);
    expect(await levels(productId)).toEqual([0, 0, 0]);
  }, 60_000);

  it('gives a repeat its first result, and another quantity with the same key a refusal', async () => {
    const productId = await productWith(5);
    const options = { key: `reserve-${productId}` };
    const first = await post(productId, 'reservations', { quantity: 2 }, options);
    const again = await post(productId, 'reservations', { quantity: 2 }, options);
    expect(again.body).toEqual(first.body);
    const other = await post(productId, 'reservations', { quantity: 3 }, options);
    expect(other.body['code']).toBe('idempotency_key_reused');
    expect(await levels(productId)).toEqual([5, 2, 3]);
  });

  it('moves units to another place, where they are found', async () => {
    const productId = await productWith(8);
    const body = { fromLocationId: 'main', toLocationId: 'airport', quantity: 3 };
    const options = { key: `transfer-${productId}` };
    expect((await post(productId, 'transfers', body, options)).body).toMatchObject({ onHand: 5 });
    expect((await post(productId, 'transfers', body, options)).body).toMatchObject({ onHand: 5 });
    const { body: stock } = await shop.get(`/inventory/${productId}`);
    expect(stock).toMatchObject({
      onHand: 8,
      locations: [
        { locationId: 'airport', onHand: 3 },
        { locationId: 'main', onHand: 5 },
      ],
    });
    const itself = { ...body, toLocationId: 'main' };
    const refused = await post(productId, 'transfers', itself);
    expect([refused.status, refused.body['code']]).toEqual([400, 'transfer_to_itself']);
    const more = await post(productId, 'transfers', { ...body, quantity: 6 });
    expect(more.body['code']).toBe('insufficient_stock');
    expect(await levels(productId)).toEqual([8, 0, 8]);
  });

  it('lists what is low, by threshold', async () => {
    const productId = await productWith(5);
    const other = await productWith(5);
    for (const each of [productId, other]) {
      await shop.put(`/inventory/${each}/threshold`, { threshold: 3 });
    }
    await post(productId, 'reservations', { quantity: 2 });
    const low = async () => {
      const { body } = await shop.get('/inventory?low=true');
      return (body['items'] as { productId: string }[]).map((item) => item.productId);
    };
    expect(await low()).toContain(productId);
    expect(await low()).not.toContain(other);
    await post(productId, 'replenishments', { quantity: 1 });
    expect(await low()).not.toContain(productId);
  });

  it('sells below 0 where the product allows it, and shows the alert in its history', async () => {
    const productId = await productWith(1, 'negative-allowed');
    const sold = await post(productId, 'reservations', { quantity: 3 });
    expect(sold.body).toMatchObject({ available: -2 });
    const { body } = await shop.get('/inventory?low=true');
    expect(body['items']).toContainEqual(expect.objectContaining({ productId, available: -2 }));
    const history = await shop.get(
      `/history?correlationId=${String(sold.headers.get('x-correlation-id'))}`,
    );
    if (history.status === 200) expect(history.text).toContain('Negative stock');
  });

  it('says whether a quantity is available, also where no stock is kept', async () => {
    const productId = await productWith(2);
    const ask = async (id: string, quantity: number) =>
      (await shop.get(`/inventory/${id}/availability?quantity=${quantity}`)).body;
    expect(await ask(productId, 2)).toMatchObject({ tracked: true, sufficient: true });
    expect(await ask(productId, 3)).toMatchObject({ available: 2, sufficient: false });
    const free = await productWith(0, 'none');
    expect(await ask(free, 99)).toMatchObject({ tracked: false, sufficient: true });
    const kept = await post(free, 'replenishments', { quantity: 1 });
    expect(kept.body['code']).toBe('stock_not_kept');
  });

  it('shows a stock as it was', async () => {
    const productId = await productWith(2);
    const stock = await post(productId, 'replenishments', { quantity: 2 });
    const path = `/history/stock/${encodeURIComponent(String(stock.body['stockId']))}`;
    expect((await shop.get(`${path}?asOf=0`)).body).toMatchObject({ stock: { onHand: 2 } });
    expect((await shop.get(path)).body).toMatchObject({ stock: { onHand: 4 } });
  });

  it.each([
    ['a negative quantity', 'replenishments', { quantity: -1 }],
    ['part of a unit', 'replenishments', { quantity: 0.5 }],
    ['a reservation of nothing', 'reservations', { quantity: 0 }],
    ['a correction of 0', 'adjustments', { change: 0, reason: 'None' }],
    ['a correction without a reason', 'adjustments', { change: 1 }],
    ['a place with a colon', 'replenishments', { quantity: 1, locationId: 'a:b' }],
  ])('rejects %s', async (_, part, body) => {
    const productId = await productWith(1);
    expect((await post(productId, part, body)).status).toBe(400);
    expect(await levels(productId)).toEqual([1, 0, 1]);
  });

  it('knows no stock of an unknown product', async () => {
    expect((await post('nothing', 'replenishments', { quantity: 1 })).body['code']).toBe(
      'product_not_found',
    );
    expect((await shop.get('/inventory/nothing')).body['code']).toBe('stock_not_found');
    const productId = await productWith(1);
    const none = await post(productId, 'reservations/none/confirm', {});
    expect(none.body['code']).toBe('reservation_not_found');
  });
});
