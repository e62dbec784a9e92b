import { openShop, placeSale, type Shop } from './support/shop.ts';

/** Each is refused by name, and nothing is recorded but the refusal of a rule. */
describe('bad input from the order to the cash', () => {
  let shop: Shop;
  let productId: string;
  let orderId: string;
  beforeAll(async () => {
    shop = await openShop();
    const product = { name: 'Beans', currency: 'USD', priceMinor: 900, stockPolicy: 'tracked' };
    productId = String((await shop.post('/products', product)).body['productId']);
    await shop.post(`/inventory/${productId}/replenishments`, { quantity: 5 });
    orderId = await placeSale(shop, 1_000);
  });
  afterAll(() => shop.stop());

  const stock = (part: string) => () => `/inventory/${productId}/${part}`;
  const orderOf = (id: string, quantity = '1', more = {}) => ({
    ...{ currency: 'USD', lines: [{ productId: id, quantity }] },
    ...more,
  });
  const auto = { fulfilment: 'auto' };
  const refund = { reason: 'Cold', currency: 'USD' };
  const CASES: readonly (readonly [string, () => string, () => unknown, string])[] = [
    ['an order of an unknown product', () => '/orders', () => orderOf('no'), 'product_not_found'],
    [
      'the fulfilment of an unknown product',
      () => '/orders',
      () => orderOf('no', '1', auto),
      'product_not_found',
    ],
    ['a negative delivery', stock('replenishments'), () => ({ quantity: -1 }), 'invalid_request'],
    ['half a unit', stock('replenishments'), () => ({ quantity: 0.5 }), 'invalid_request'],
    [
      'more than can be counted',
      stock('replenishments'),
      () => ({ quantity: 1e300 }),
      'invalid_request',
    ],
    ['a reservation of nothing', stock('reservations'), () => ({ quantity: 0 }), 'invalid_request'],
    ['a negative reservation', stock('reservations'), () => ({ quantity: -2 }), 'invalid_request'],
    [
      'a transfer to itself',
      stock('transfers'),
      () => ({ fromLocationId: 'main', toLocationId: 'main', quantity: 1 }),
      'transfer_to_itself',
    ],
    [
      'stock of an unknown product',
      () => '/inventory/no/replenishments',
      () => ({ quantity: 1 }),
      'product_not_found',
    ],
    [
      'a refund of an unknown payment',
      () => '/payment-attempts/no/refunds',
      () => refund,
      'payment_not_found',
    ],
    [
      'a payment of an unknown order',
      () => '/payment-attempts',
      () => ({ orderId: 'no', method: 'credit_card', amountMinor: 1, currency: 'USD' }),
      'order_not_found',
    ],
    [
      'a payment in another currency',
      () => '/payment-attempts',
      () => ({ orderId, method: 'credit_card', amountMinor: 1, currency: 'EUR' }),
      'currency_mismatch',
    ],
    [
      'a payment of nothing',
      () => '/payment-attempts',
      () => ({ orderId, method: 'credit_card', amountMinor: 0, currency: 'USD' }),
      'invalid_request',
    ],
    ['a split into nothing', () => `/orders/${orderId}/splits`, () => ({}), 'invalid_request'],
    ['a count of an unknown drawer', () => '/drawers/no/counts', () => COUNT, 'drawer_not_found'],
    ['a float below 0', () => '/drawers', () => OPENING, 'invalid_request'],
  ];
  const COUNT = { denominations: [{ valueMinor: 1, count: 1 }] };
  const OPENING = { tillId: 'till', currency: 'USD', openingFloatMinor: -1 };

  it.each(CASES)('rejects %s by name, and changes nothing', async (_, path, body, code) => {
    const before = await shop.world.log.head();
    const { status, body: problem } = await shop.post(path(), body());
    expect({ status, code: problem['code'] }).toEqual({
      status: expect.any(Number) as number,
      code,
    });
    expect([400, 404, 422]).toContain(status);
    expect(String(problem['detail'])).not.toBe('');
    expect(await shop.world.log.head()).toEqual(before);
  });

  it('puts an order of part of a unit back, and says why', async () => {
    const { body } = await shop.post('/orders', orderOf(productId, '0.5', auto));
    const path = `/orders/${String(body['orderId'])}`;
    let order = await shop.get(path);
    while (order.body['status'] !== 'CANCELLED') order = await shop.get(path);
    expect((await shop.get(`${path}/history`)).text).toContain('expected whole units');
    const { body: left } = await shop.get(`/inventory/${productId}/availability`);
    expect(left).toMatchObject({ onHand: 5, reserved: 0 });
  });

  it('rejects the cursor of another list', async () => {
    await shop.post('/products', { name: 'Tea', currency: 'USD', priceMinor: 1 });
    const { body } = await shop.get('/products?limit=1');
    const cursor = encodeURIComponent(String(body['nextCursor']));
    for (const list of ['/orders', '/inventory', `/inventory/${productId}/movements`, '/drawers']) {
      const { status, body: problem } = await shop.get(`${list}?cursor=${cursor}`);
      expect([list, status, problem['code']]).toEqual([list, 400, 'invalid_request']);
    }
  });
});
