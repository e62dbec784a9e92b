import { readFileSync } from 'node:fs';

import { openShop, type Shop } from '../../api/routes/support/shop.ts';

type Json = Record<string, unknown>;

const example = (name: string): Json =>
  JSON.parse(
    readFileSync(new URL(`../../support/square/${name}.json`, import.meta.url), 'utf8'),
  ) as Json;
const squareOrder = (more: Json = {}): Json => ({
  ...(example('create-order-response')['order'] as Json),
  ...more,
});
const usd = (amount: number) => ({ amount, currency: 'USD' });

/** A completed sale of one line, paid with a card and a tip. */
const paidOrder = (id: string, more: Json = {}): Json => ({
  id,
  state: 'COMPLETED',
  version: 4,
  created_at: '2024-03-09T23:10:00Z',
  closed_at: '2024-03-10T08:30:00Z',
  line_items: [
    {
      uid: 'l1',
      name: 'Lunch',
      quantity: '1',
      base_price_money: usd(1000),
      gross_sales_money: usd(1000),
      total_money: usd(1000),
    },
  ],
  tenders: [
    {
      id: `tender-${id}`,
      type: 'CARD',
      amount_money: usd(1150),
      tip_money: usd(150),
      card_details: { status: 'CAPTURED', card: { card_type: 'DEBIT' } },
    },
  ],
  total_tip_money: usd(150),
  total_money: usd(1150),
  ...more,
});

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

interface Item {
  index: number;
  outcome: string;
  orderId?: string;
  code?: string;
  reason?: string;
}
async function importing(body: unknown) {
  const answer = await shop.post('/imports/orders', body);
  expect(answer.status).toBe(200);
  return answer.body as { counts: Record<string, number>; items: Item[] };
}
async function importedOrder(body: unknown): Promise<Json> {
  const { items } = await importing(body);
  expect(items).toMatchObject([{ outcome: 'imported' }]);
  return (await shop.get(`/orders/${items[0]?.orderId ?? ''}`)).body;
}

describe('importing orders from Square', () => {
  it("takes over Square's own example to the cent, in the form of its answer", async () => {
    const order = await importedOrder(example('create-order-response'));
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
    expect(counts).toEqual({ imported: 1, repeated: 1, changed: 1, refused: 0, invalid: 0 });
    expect(items.map(({ outcome }) => outcome)).toEqual(['repeated', 'changed', 'imported']);
    expect(items[0]?.orderId).toBe(first.items[0]?.orderId);
    const sameVersion = await importing([paidOrder('again', { reference_id: 'edited' })]);
    expect(sameVersion.items).toMatchObject([
      { outcome: 'changed', code: 'idempotency_key_reused' },
    ]);
  });

  it('takes over twice the same order in one list once', async () => {
    const { counts } = await importing([paidOrder('twin'), paidOrder('twin')]);
    expect(counts).toMatchObject({ imported: 1, repeated: 1 });
  });

  it('records payments with their tips, on the business day of the shop', async () => {
    const order = await importedOrder([paidOrder('paid')]);
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
    const order = await importedOrder([
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
    ]);
    expect(order['payments']).toMatchObject([
      { method: 'cash', amountMinor: 1000, tenderedMinor: 2000, changeMinor: 850 },
    ]);
  });

  it('sends back what Square has sent back, and delivers what was handed over', async () => {
    const order = await importedOrder([
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
    ]);
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
      const order = await importedOrder([
        paidOrder(`inclusive-${gross}`, {
          taxes: tax,
          line_items: [line(gross)],
          total_tax_money: usd(200),
        }),
      ]);
      expect(order['totals']).toMatchObject({
        grossMinor: 1000,
        taxMinor: 0,
        inclusiveTaxMinor: 200,
        totalMinor: 1150,
      });
    }
  });

  it('tells for each bad item what is wrong with it and takes over the others', async () => {
    const bad: [unknown, string, RegExp][] = [
      [null, 'invalid', /the item: expected an object, found null/],
      ['text', 'invalid', /the item: expected an object/],
      [squareOrder({ id: 7 }), 'invalid', /\/id: expected a text, found 7/],
      [squareOrder({ id: 'b1', state: 'DRAFT' }), 'refused', /draft/],
      [squareOrder({ id: 'b2', state: 'NEW' }), 'invalid', /\/state: expected one of OPEN/],
      [squareOrder({ id: 'b3', created_at: 'today' }), 'invalid', /\/created_at: .*RFC 3339/],
      [
        squareOrder({ id: 'b3b', closed_at: '2999-01-01T00:00:00Z' }),
        'invalid',
        /\/closed_at: expected a time that has passed/,
      ],
      [squareOrder({ id: 'b4', total_money: undefined }), 'invalid', /\/total_money: .*nothing/],
      [squareOrder({ id: 'b5', total_money: usd(1.5) }), 'invalid', /\/total_money\/amount/],
      [squareOrder({ id: 'b6', total_money: usd(6177) }), 'refused', /totalMinor 6176, found 6177/],
      [
        squareOrder({ id: 'b7', total_tax_money: { amount: 510, currency: 'EUR' } }),
        'invalid',
        /\/total_tax_money\/currency: expected USD/,
      ],
      [squareOrder({ id: 'b8', line_items: {} }), 'invalid', /\/line_items: expected a list/],
      [squareOrder({ id: 'b9', returns: [{}] }), 'refused', /returned goods/],
      [squareOrder({ id: 'b10', reference_id: 'a\u0000b' }), 'invalid', /control characters/],
      [paidOrder('b11', { state: 'CANCELED' }), 'refused', /./],
      [squareOrder({ id: 'b12', line_items: [] }), 'invalid', /at least one line/],
    ];
    const good = squareOrder({ id: 'good', a_field_of_the_future: { deep: [1] } });
    const { counts, items } = await importing([...bad.map(([item]) => item), good]);
    for (const [i, [, outcome, reason]] of bad.entries()) {
      expect(items[i]).toMatchObject({ index: i, outcome });
      expect(items[i]?.reason).toMatch(reason);
    }
    expect(items.at(-1)).toMatchObject({ outcome: 'imported' });
    expect(counts).toMatchObject({ imported: 1, repeated: 0, changed: 0 });
  });

  it('takes over a corrected version of an order that it had refused', async () => {
    const refused = await importing([squareOrder({ id: 'mended', total_money: usd(1) })]);
    expect(refused.items).toMatchObject([{ outcome: 'refused', code: 'total_mismatch' }]);
    const mended = await importing([squareOrder({ id: 'mended', version: 2 })]);
    expect(mended.items).toMatchObject([{ outcome: 'imported' }]);
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
