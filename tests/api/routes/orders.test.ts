import { openShop, saleOf, type Shop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

/** Square's own worked example: a discount of each kind, a tax, two lines. */
const SQUARE_EXAMPLE = {
  currency: 'USD',
  lines: [
    { lineId: 'steak', name: 'New York Strip Steak', quantity: '1', unitPriceMinor: 1599 },
    {
      lineId: 'shake',
      name: 'Old Fashioned',
      quantity: '2',
      unitPriceMinor: 2250,
    },
  ],
  discounts: [
    { discountId: 'labor-day', name: 'Labor Day Sale', percentage: '5' },
    { discountId: 'member', name: 'Membership Discount', percentage: '0.5' },
    { discountId: 'one-dollar', name: 'Sale - $1.00 off', amountMinor: 100, lineIds: ['shake'] },
  ],
  taxes: [{ taxId: 'state', name: 'State Sales Tax', percentage: '9', kind: 'exclusive' }],
};

describe('placing an order over HTTP', () => {
  it("prices Square's worked example to the cent", async () => {
    const placed = await shop.post('/orders', SQUARE_EXAMPLE);
    expect(placed.status).toBe(202);
    expect(placed.body).toMatchObject({
      status: 'PENDING',
      currency: 'USD',
      totals: { grossMinor: 6099, discountMinor: 433, taxMinor: 510, totalMinor: 6176 },
      dueMinor: 6176,
      revision: 0,
    });
    expect(placed.headers.get('etag')).toBe('"0"');
    expect(placed.headers.get('tillstream-position')).toBe(placed.body['position']);
    const id = String(placed.body['orderId']);
    expect(placed.headers.get('location')).toBe(`/orders/${id}`);

    const read = await shop.get(`/orders/${id}`);
    expect(read.status).toBe(200);
    expect(read.body).toMatchObject({ orderId: id, totals: placed.body['totals'], revision: 0 });
  });

  it('answers a repeat of the key with the same order as it was then', async () => {
    const first = await shop.post('/orders', saleOf(500), { key: 'one-sale' });
    const id = String(first.body['orderId']);
    await shop.post('/orders', saleOf(900), { key: 'another-sale' });
    const again = await shop.post('/orders', saleOf(500), { key: 'one-sale' });
    expect(again.status).toBe(202);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('tillstream-repeated')).toBe('true');
    const listed = await shop.get('/orders');
    const items = listed.body['items'] as { orderId: string }[];
    expect(items.filter(({ orderId }) => orderId === id)).toHaveLength(1);
  });
});
