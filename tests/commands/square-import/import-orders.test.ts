import { openShop, type Shop } from '../../api/routes/support/shop.ts';
import { createdOrder, OFFICIAL_ORDERS, paidOrder, usd } from '../../support/square/orders.ts';
import * as support from './support.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

const importing = (body: unknown) => support.importing(shop, body);
const importedOrder = (order: unknown) => support.importedOrder(shop, order);

describe('importing orders from Square', () => {
  it("imports Square's own example to the cent, in the form of its response", async () => {
    const { items } = await importing(OFFICIAL_ORDERS['CreateOrderResponse']);
    const order = (await shop.get(`/orders/${items[0]?.orderId ?? ''}`)).body;
    expect(order).toMatchObject({
      status: 'PENDING',
      pricing: 'given',
      source: { provider: 'square', id: 'CAISENgvlJ6jLWAzERDzjyHVybY', version: 1 },
      totals: { grossMinor: 6099, discountMinor: 433, taxMinor: 510, totalMinor: 6176 },
      lines: [
        { totalMinor: 1648, discountMinor: 87 },
        { totalMinor: 4528, modifiers: [{ name: 'Well', totalMinor: 100 }] },
      ],
      discounts: [
        { discountId: 'membership-discount', appliedMinor: 30 },
        { discountId: 'labor-day-sale', appliedMinor: 303 },
        { discountId: 'one-dollar-off', appliedMinor: 100, lineIds: ['v8ZuEXpOJpb0bazLuvrLDB'] },
      ],
      businessDay: '2020-01-17',
    });
  });

  it('reports an order again as repeated and another version as changed, each order by itself', async () => {
    const first = await importing([paidOrder('again')]);
    const { counts, items } = await importing({
      orders: [paidOrder('again'), paidOrder('again', { version: 5 }), paidOrder('again-new')],
    });
    expect(counts).toMatchObject({ imported: 1, repeated: 1, changed: 1, refused: 0, invalid: 0 });
    expect(items.map(({ outcome }) => outcome)).toEqual(['repeated', 'changed', 'imported']);
    expect(items[0]?.orderId).toBe(first.items[0]?.orderId);
    const sameVersion = await importing([paidOrder('again', { reference_id: 'edited' })]);
    expect(sameVersion.items).toMatchObject([
      { outcome: 'changed', code: 'idempotency_key_reused' },
    ]);
  });

  it('imports an order that a list contains twice once', async () => {
    const { counts } = await importing([paidOrder('twin'), paidOrder('twin')]);
    expect(counts).toMatchObject({ imported: 1, repeated: 1 });
  });

  it('records payments with their tips, on the business day of the shop', async () => {
    const order = await importedOrder(paidOrder('paid'));
    expect(order).toMatchObject({
      status: 'CONFIRMED',
      paidMinor: 1150,
      dueMinor: 0,
      totals: { tipMinor: 150, totalMinor: 1150 },
      // 03:30 at the shop, whose day begins at 04:00.
      businessDay: '2024-03-09',
      payments: [{ method: 'debit_card', amountMinor: 1000, tipMinor: 150 }],
    });
  });

  it('records cash with what was handed over and the change', async () => {
    const order = await importedOrder(
      paidOrder('cash', {
        tenders: [
          {
            id: 'cash-1',
            type: 'CASH',
            amount_money: usd(1150),
            tip_money: usd(150),
            cash_details: { buyer_tendered_money: usd(2000), change_back_money: usd(850) },
          },
          { id: 'failed', type: 'CARD', amount_money: usd(9), card_details: { status: 'FAILED' } },
        ],
      }),
    );
    expect(order['payments']).toMatchObject([
      { method: 'cash', amountMinor: 1000, tenderedMinor: 2000, changeMinor: 850 },
    ]);
  });

  it('imports the refunds and the delivery of an order', async () => {
    const order = await importedOrder(
      paidOrder('refunded', {
        fulfillments: [{ state: 'COMPLETED' }],
        refunds: [
          {
            id: 'r-1',
            tender_id: 'tender-refunded',
            status: 'APPROVED',
            amount_money: usd(400),
            created_at: '2024-03-11T15:00:00Z',
            reason: 'Cold',
          },
          { id: 'r-2', tender_id: 'tender-refunded', status: 'FAILED', amount_money: usd(100) },
        ],
      }),
    );
    expect(order).toMatchObject({
      status: 'DELIVERED',
      refundedMinor: 400,
      refunds: [{ toCardMinor: 400, reason: 'Cold' }],
    });
  });

  it('counts inclusive tax within gross, whether Square took it out or not', async () => {
    const tax = [{ uid: 't', name: 'VAT', percentage: '25', type: 'INCLUSIVE', scope: 'ORDER' }];
    const line = (gross: number) => ({
      uid: 'l1',
      name: 'Lunch',
      quantity: '1',
      base_price_money: usd(1000),
      gross_sales_money: usd(gross),
      applied_taxes: [{ tax_uid: 't', applied_money: usd(200) }],
      total_tax_money: usd(200),
      total_money: usd(1000),
    });
    for (const gross of [800, 1000]) {
      const order = await importedOrder(
        paidOrder(`inclusive-${gross}`, {
          taxes: tax,
          line_items: [line(gross)],
          total_tax_money: usd(200),
        }),
      );
      expect(order['totals']).toMatchObject({
        grossMinor: 1000,
        taxMinor: 0,
        inclusiveTaxMinor: 200,
        totalMinor: 1150,
      });
    }
  });

  it('reports the place, code and cause of each fault, and imports the other items', async () => {
    const bad: [unknown, outcome: string, code: string, reason: RegExp][] = [
      [null, 'invalid', 'invalid_order', /^\/orders\/0: expected an object, found null$/],
      ['text', 'invalid', 'invalid_order', /^\/orders\/1: expected an object, found "text"$/],
      [createdOrder({ id: 7 }), 'invalid', 'invalid_order', /\/id: expected a text, found 7/],
      [createdOrder({ id: '' }), 'invalid', 'order_without_id', /\/id: .* found none/],
      [createdOrder({ id: 'b1', state: 'DRAFT' }), 'skipped', 'draft_order', /draft/],
      [createdOrder({ id: 'b2', state: 'NEW' }), 'invalid', 'invalid_order', /\/state: .*OPEN/],
      [
        createdOrder({ id: 'b3', created_at: 'today' }),
        'invalid',
        'invalid_order',
        /\/created_at: .*RFC 3339/,
      ],
      [
        createdOrder({ id: 'b3b', closed_at: '2999-01-01T00:00:00Z' }),
        'invalid',
        'invalid_order',
        /\/closed_at: expected a time in the past/,
      ],
      [
        createdOrder({ id: 'b4', total_money: undefined }),
        'invalid',
        'invalid_order',
        /\/total_money: expected an object, found nothing/,
      ],
      [
        createdOrder({ id: 'b5', total_money: usd(1.5) }),
        'invalid',
        'invalid_order',
        /\/total_money\/amount: expected a whole number/,
      ],
      [
        createdOrder({ id: 'b6', total_money: usd(6177) }),
        'refused',
        'total_mismatch',
        /\/total_money: expected totalMinor 6176, found 6177/,
      ],
      [
        createdOrder({ id: 'b7', total_tax_money: { amount: 510, currency: 'EUR' } }),
        'invalid',
        'invalid_order',
        /\/total_tax_money\/currency: expected USD/,
      ],
      [
        createdOrder({ id: 'b8', line_items: {} }),
        'invalid',
        'invalid_order',
        /\/line_items: expected a list/,
      ],
      [
        createdOrder({ id: 'b9', returns: [{}] }),
        'refused',
        'order_with_returns',
        /returned goods/,
      ],
      [
        createdOrder({ id: 'b10', reference_id: 'a\u0000b' }),
        'invalid',
        'invalid_order',
        /\/reference_id: .*control characters/,
      ],
      [
        paidOrder('b11', { state: 'CANCELED' }),
        'refused',
        'illegal_transition',
        /\/state: expected nothing paid/,
      ],
      [
        createdOrder({ id: 'b12', line_items: [] }),
        'invalid',
        'invalid_order',
        /\/line_items: expected at least one line/,
      ],
    ];
    const good = createdOrder({ id: 'good', a_field_of_the_future: { deep: [1] } });
    const { counts, items } = await importing({ orders: [...bad.map(([item]) => item), good] });
    for (const [i, [, outcome, code, reason]] of bad.entries()) {
      const item = items[i];
      expect(item).toMatchObject({ index: i, outcome, code });
      expect(item?.reason).toMatch(reason);
      expect(item?.path).toMatch(new RegExp(`^/orders/${i}(/|$)`));
      expect(item?.reason?.startsWith(`${item.path}: `)).toBe(true);
      expect(item?.action).toMatch(/\w.*\.$/);
    }
    expect(items.at(-1)).toMatchObject({ outcome: 'imported' });
    expect(items.at(-1)).not.toHaveProperty('code');
    expect(counts).toMatchObject({ imported: 1, repeated: 0, changed: 0, skipped: 1 });
  });

  it('imports a corrected version of an order that it refused', async () => {
    const refused = await importing([createdOrder({ id: 'corrected', total_money: usd(1) })]);
    expect(refused.items).toMatchObject([{ outcome: 'refused', code: 'total_mismatch' }]);
    const corrected = await importing([createdOrder({ id: 'corrected', version: 2 })]);
    expect(corrected.items).toMatchObject([{ outcome: 'imported' }]);
  });

  it('refuses more orders than one request may bring, other forms, and tills', async () => {
    const many = await shop.post('/imports/orders', new Array(5_001).fill(null));
    expect(many.status).toBe(400);
    expect(many.body).toMatchObject({ code: 'invalid_request' });
    expect((await shop.post('/imports/orders', { items: [] })).status).toBe(400);
    expect((await shop.post('/imports/orders', [], { role: 'till' })).status).toBe(403);
  });

  it('takes a body larger than other routes do', async () => {
    const note = 'x'.repeat(1_900);
    const orders = Array.from({ length: 700 }, (_, i) =>
      paidOrder(`large-${i}`, { metadata: { note } }),
    );
    const { counts } = await importing({ orders });
    expect(counts).toMatchObject({ imported: 700 });
  });
});
