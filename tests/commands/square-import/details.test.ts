import { openShop, type Shop } from '../../api/routes/support/shop.ts';
import { type Json, openOrder, paidOrder, squareLine, usd } from '../../support/square/orders.ts';
import * as support from './support.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

const importedOrder = (order: Json) => support.importedOrder(shop, order);
async function importOne(order: Json) {
  const { items } = await support.importing(shop, { orders: [order] });
  return items[0];
}

const inclusiveTax = (more: Json = {}): Json => ({
  uid: 'vat',
  name: 'VAT',
  percentage: '20',
  type: 'INCLUSIVE',
  scope: 'ORDER',
  ...more,
});

describe('taxes on service charges from Square', () => {
  const charge = (more: Json = {}): Json => ({
    uid: 'service',
    name: 'Service',
    percentage: '12',
    taxable: true,
    applied_money: usd(120),
    total_money: usd(120),
    total_tax_money: usd(20),
    ...more,
  });
  const charged = (id: string, charges: readonly Json[], more: Json = {}): Json =>
    openOrder(id, {
      taxes: [inclusiveTax()],
      service_charges: charges,
      total_service_charge_money: usd(120),
      total_tax_money: usd(20),
      total_money: usd(1120),
      ...more,
    });
  const applied = [{ tax_uid: 'vat', applied_money: usd(20) }];

  it.each<[string, Json]>([
    ['listed', charge({ applied_taxes: applied })],
    ['not listed', charge()],
    ['listed, without a total', charge({ applied_taxes: applied, total_money: undefined })],
  ])('are contained in the charge when inclusive: %s', async (name, given) => {
    const order = await importedOrder(charged(`inclusive-charge-${name}`, [given]));

    expect(order).toMatchObject({
      serviceCharges: [{ appliedMinor: 120, taxMinor: 0, inclusiveTaxMinor: 20 }],
      totals: { serviceChargeMinor: 120, taxMinor: 0, inclusiveTaxMinor: 20, totalMinor: 1120 },
    });
  });

  it('are split when one is inclusive and one comes on top', async () => {
    const both = charge({
      total_money: usd(130),
      total_tax_money: usd(30),
      applied_taxes: [...applied, { tax_uid: 'city', applied_money: usd(10) }],
    });
    const city = inclusiveTax({ uid: 'city', name: 'City', type: 'ADDITIVE' });
    const order = await importedOrder(
      charged('split-charge', [both], {
        taxes: [inclusiveTax(), city],
        total_tax_money: usd(30),
        total_money: usd(1130),
      }),
    );

    expect(order).toMatchObject({
      serviceCharges: [{ appliedMinor: 120, taxMinor: 10, inclusiveTaxMinor: 20 }],
      totals: { taxMinor: 10, inclusiveTaxMinor: 20, totalMinor: 1130 },
    });
  });

  it('add to the inclusive taxes of the lines', async () => {
    const line = squareLine(1000, {
      applied_taxes: [{ tax_uid: 'vat', applied_money: usd(167) }],
      total_tax_money: usd(167),
    });
    const order = await importedOrder(
      charged('charge-and-line', [charge({ applied_taxes: applied })], {
        line_items: [line],
        total_tax_money: usd(187),
      }),
    );

    expect(order['totals']).toMatchObject({ taxMinor: 0, inclusiveTaxMinor: 187 });
  });

  it('must add up: both sums are in the refusal', async () => {
    const less = charged('less-tax', [charge({ applied_taxes: applied })], {
      total_tax_money: usd(19),
    });
    const more = charged('more-tax', [charge({ applied_taxes: applied })], {
      total_tax_money: usd(21),
    });
    const { items } = await support.importing(shop, [less, more]);

    expect(items).toMatchObject([
      { outcome: 'refused', code: 'total_mismatch', path: '/0/total_tax_money' },
      { outcome: 'refused', code: 'total_mismatch', path: '/1/total_tax_money' },
    ]);
    expect(items[0]?.reason).toContain('expected at least the 20 of inclusive tax, found 19');
    expect(items[1]?.reason).toContain('expected taxMinor 0, found 1');
  });
});

describe('lines and modifiers from Square', () => {
  it('keep a modifier of quantity 0 as declined', async () => {
    const modifiers = [
      { name: 'Onions', quantity: '0', base_price_money: usd(50), total_price_money: usd(0) },
      { name: 'Cheese', quantity: '0.0' },
      { name: 'Bacon', quantity: '2.00', base_price_money: usd(0) },
      { name: 'Salt', quantity: '' },
    ];
    const order = await importedOrder(
      openOrder('modifiers', { line_items: [squareLine(1000, { modifiers })] }),
    );

    expect(order['lines']).toMatchObject([
      {
        modifiers: [
          { quantity: 0, unitPriceMinor: 50 },
          { quantity: 0 },
          { quantity: 2 },
          { quantity: 1 },
        ],
      },
    ]);
  });

  it('keep a line of quantity 0 of an open order as a void line', async () => {
    const zero = squareLine(0, { uid: 'zero', quantity: '0', base_price_money: usd(300) });
    const order = await importedOrder(
      openOrder('zero-line', { line_items: [squareLine(1000), zero] }),
    );

    expect(order['lines']).toMatchObject([
      { lineId: 'l1', quantity: '1' },
      { lineId: 'zero', quantity: '0', voided: true, unitPriceMinor: 300, totalMinor: 0 },
    ]);
    expect(order['totals']).toMatchObject({ totalMinor: 1000 });
  });

  it('are refused with amounts and quantity 0, at their place in the document', async () => {
    const line = squareLine(1000, { quantity: '0.0' });
    const orders = [1, 2, 3].map((i) => openOrder(`before-${i}`));
    const { items } = await support.importing(shop, {
      orders: [...orders, openOrder('zero', { line_items: [line] })],
    });

    expect(items[3]).toMatchObject({
      outcome: 'invalid',
      code: 'invalid_order',
      path: '/orders/3/line_items/0/quantity',
    });
    expect(items[3]?.reason).toBe(
      '/orders/3/line_items/0/quantity: expected a quantity above 0, because the line has amounts, found "0.0"',
    );
  });

  it('need no base price, name or uid', async () => {
    const lines = [
      squareLine(1000, { uid: null, name: '', quantity: '3', base_price_money: null }),
      squareLine(500, {
        uid: 'line-1',
        variation_total_price_money: usd(400),
        base_price_money: undefined,
      }),
    ];
    const order = await importedOrder(
      openOrder('bare-lines', { line_items: lines, total_money: usd(1500) }),
    );

    expect(order['lines']).toMatchObject([
      { lineId: 'line-2', name: 'Custom amount', unitPriceMinor: 333, totalMinor: 1000 },
      { lineId: 'line-1', name: 'Lunch', unitPriceMinor: 400 },
    ]);
  });

  it.each<[string, Json, string]>([
    ['a quantity', { quantity: '1.234567' }, '/line_items/0/quantity'],
    ['a modifier', { modifiers: [{ quantity: '1.5' }] }, '/line_items/0/modifiers/0/quantity'],
    ['an amount', { base_price_money: usd(-1) }, '/line_items/0/base_price_money/amount'],
    ['a sum', { total_money: usd(999) }, '/line_items/0/total_money'],
    [
      'a tax',
      { applied_taxes: [{ tax_uid: 'vat', applied_money: usd(1) }] },
      '/line_items/0/total_tax_money',
    ],
    [
      'an apportioned charge',
      { total_service_charge_money: usd(1001) },
      '/line_items/0/total_money',
    ],
    ['an id', { catalog_object_id: 'x'.repeat(201) }, '/line_items/0/catalog_object_id'],
  ])('name the place of %s that is not as documented', async (name, more, path) => {
    const lines = { line_items: [squareLine(1000, more)], taxes: [inclusiveTax()] };
    const item = await importOne(openOrder(`bad-${name}`, lines));

    expect(item?.path).toBe(`/orders/0${path}`);
    expect(item?.code).toMatch(/^(invalid_order|total_mismatch)$/);
  });

  it.each(['ten', '1,5', '-1', '1.12345678'])(
    'name the place of the percentage %s',
    async (text) => {
      const taxes = [inclusiveTax(), inclusiveTax({ uid: 'b', percentage: text })];
      const item = await importOne(openOrder('percentage', { taxes }));

      expect(item).toMatchObject({ code: 'invalid_order', path: '/orders/0/taxes/1/percentage' });
    },
  );

  it.each<[string, Json, string, string]>([
    ['a negative version', { version: -1 }, 'invalid_request', '/version'],
    [
      '101 tenders',
      { tenders: Array.from({ length: 101 }, () => ({ type: 'CASH', amount_money: usd(1) })) },
      'invalid_request',
      '/tenders',
    ],
    [
      'a time of a tender in words',
      { tenders: [{ type: 'CASH', amount_money: usd(1), created_at: 'today' }] },
      'invalid_order',
      '/tenders/0/created_at',
    ],
    [
      'two lines with one uid',
      { line_items: [squareLine(500), squareLine(500)] },
      'duplicate_line',
      '/line_items/1',
    ],
    [
      'a percentage above 100',
      { discounts: [{ uid: 'd', percentage: '101' }] },
      'invalid_adjustment',
      '/discounts/0',
    ],
    [
      'an unknown currency',
      {
        line_items: [
          {
            quantity: '1',
            gross_sales_money: { amount: 1, currency: 'XXX' },
            total_money: { amount: 1, currency: 'XXX' },
          },
        ],
        total_money: { amount: 1, currency: 'XXX' },
      },
      'unknown_currency',
      '/total_money/currency',
    ],
    [
      '501 lines',
      { line_items: Array.from({ length: 501 }, (_, i) => squareLine(0, { uid: `${i}` })) },
      'invalid_request',
      '/line_items',
    ],
    [
      '101 modifiers',
      { line_items: [squareLine(1000, { modifiers: new Array<Json>(101).fill({}) })] },
      'invalid_request',
      '/line_items/0',
    ],
    [
      'a discount that no line has',
      { total_discount_money: usd(1) },
      'total_mismatch',
      '/total_discount_money',
    ],
  ])('name the place of what a rule refuses: %s', async (name, more, code, path) => {
    const item = await importOne(openOrder(`rule-${name}`, more));

    expect(item).toMatchObject({ code, path: `/orders/0${path}` });
    expect(['refused', 'invalid']).toContain(item?.outcome);
    expect(item?.action).toBeDefined();
  });

  it('name the place of a refund that is refused, while the sale is imported', async () => {
    const refunds = [{ id: 'too-much', status: 'APPROVED', amount_money: usd(1151) }];
    const item = await importOne(paidOrder('too-much', { refunds }));

    expect(item).toMatchObject({
      outcome: 'imported',
      code: 'refund_exceeds_remaining',
      path: '/orders/0/refunds/0',
      action: expect.stringContaining('The sale is imported') as string,
    });
  });
});

describe('texts from Square', () => {
  it('count as absent when empty or blank', async () => {
    const blank = { uid: '', name: ' ', catalog_object_id: '' };
    const order = await importedOrder(
      openOrder('blank', {
        reference_id: '',
        customer_id: '',
        source: { name: '' },
        closed_at: '',
        line_items: [
          squareLine(1000, {
            ...blank,
            note: '',
            variation_name: '',
            modifiers: [{ ...blank, quantity: '' }],
          }),
        ],
        taxes: [{ ...blank, percentage: '', type: '' }],
        discounts: [{ ...blank, percentage: '', amount_money: '' }],
        service_charges: [{ ...blank, percentage: '' }],
        tenders: [
          {
            id: '',
            payment_id: '',
            type: 'CASH',
            amount_money: usd(1000),
            tip_money: '',
            created_at: '',
          },
        ],
        refunds: [{ id: 'r-blank', tender_id: '', status: '', reason: '', amount_money: usd(100) }],
        fulfillments: [{ state: '' }],
      }),
    );

    expect(order).toMatchObject({
      channel: 'square',
      paidMinor: 1000,
      refundedMinor: 100,
      lines: [{ lineId: 'line-1', name: 'Custom amount', modifiers: [{ name: 'Modifier' }] }],
      taxes: [{ taxId: 'tax-1', name: 'Tax', percentage: '0' }],
      discounts: [{ discountId: 'discount-1', name: 'Discount' }],
      serviceCharges: [{ chargeId: 'charge-1', name: 'Service charge' }],
      payments: [{ paymentId: 'tender-1' }],
    });
    for (const name of ['customerId', 'note']) expect(order).not.toHaveProperty(name);
    expect((order['lines'] as Json[])[0]).not.toHaveProperty('note');
  });

  it('keep Windows line ends and tabs', async () => {
    const note = 'No onions\r\n\tNo salt\r';
    const line = squareLine(1000, { name: 'Soup\r\nof the day', note });
    const order = await importedOrder(
      openOrder('windows', { reference_id: note, line_items: [line] }),
    );

    expect(order).toMatchObject({ note, lines: [{ name: 'Soup\r\nof the day', note }] });
  });

  it('are shortened, with a notice, when longer than an order can hold', async () => {
    const long = '👩‍🍳'.repeat(700);
    const line = squareLine(1000, { note: long, name: 'n'.repeat(513) });
    const item = await importOne(openOrder('long', { line_items: [line] }));
    const { body } = await shop.get(`/orders/${item?.orderId ?? ''}`);
    const [imported] = body['lines'] as { note: string; name: string }[];

    expect(imported?.name).toBe(`${'n'.repeat(511)}…`);
    expect(imported?.note).toMatch(/^\p{Emoji}.*…$/u);
    expect(imported?.note).not.toMatch(/\p{Surrogate}/u);
    expect(item?.notices).toMatchObject([
      { code: 'text_shortened', path: '/orders/0/line_items/0/note' },
      { code: 'text_shortened', path: '/orders/0/line_items/0/name' },
    ]);
  });

  it.each(['a\u0000b', 'a\u001b[31m', 'a\u0085b', 'a\ud800'])(
    'are invalid with other control characters: %j',
    async (note) => {
      const item = await importOne(
        openOrder('control', { line_items: [squareLine(1000, { note })] }),
      );

      expect(item).toMatchObject({
        outcome: 'invalid',
        code: 'invalid_order',
        path: '/orders/0/line_items/0/note',
      });
    },
  );
});

describe('fields from Square that the import does not read', () => {
  it('never fail an order, whatever they contain', async () => {
    const deep = JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`) as unknown;
    const odd = {
      catalog_version: 1_700_000_000_000_000_000_000,
      metadata: { 'a\u0000': 'b\u001b', __proto__: null },
      ticket_name: '\ud800',
      pricing_options: deep,
      net_amount_due_money: 'much',
      rewards: {},
      updated_at: 0,
      'bell\u0007': true,
    };
    const line = squareLine(1000, { ...odd, item_type: 7, quantity_unit: { precision: 1e300 } });
    const order = await importedOrder(openOrder('unread', { ...odd, line_items: [line] }));

    expect(order).toMatchObject({ totals: { totalMinor: 1000 } });
  });
});
