import fc from 'fast-check';

import { JsonNode } from '../../../src/commands/square-import/json-node.ts';
import { readSquareOrder } from '../../../src/commands/square-import/order.ts';
import { openShop, type Shop } from '../../api/routes/support/shop.ts';
import {
  fullOrder,
  isRead,
  type Place,
  placesOf,
  READ_FIELDS,
  withValue,
} from '../../support/square/full-order.ts';
import { type Json, SQUARE_SCHEMA } from '../../support/square/orders.ts';
import { importing } from './support.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

const MUTANTS = 250;
/** The samples that are sent over the API are the same in every run. */
const SEED = 15;
const ORDER = fullOrder('full');

/** Within something unread everything is; a place there leads through a field that is not read. */
const unread = placesOf(ORDER, (type, field) => !isRead(type, field));
const everywhere = placesOf(ORDER, () => true);

const removed = fc.constantFrom<unknown>(undefined, null, '', ' ', [], {});
const odd = fc.constantFrom<unknown>(
  ...['a\u0000b', 'x\r\n', '\ud800', 'x'.repeat(3_000), '-1', '1e3', 'NaN', '2999-01-01T00:00:00Z'],
  ...[-1, 0, 0.5, 1, 1e300, true, false, [null], ['x'], { amount: -1, currency: 'EUR' }],
  JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`),
);
const anything = fc.oneof(removed, odd);

const mutant = (places: readonly Place[], value: fc.Arbitrary<unknown>) =>
  fc
    .array(fc.tuple(fc.constantFrom(...places), value), { minLength: 1, maxLength: 6 })
    .map((changes) => changes.reduce((order, [place, to]) => withValue(order, place, to), ORDER));

const read = (order: Json) => readSquareOrder(new JsonNode(order, '/0'), () => '2024-03-09');

describe('an order from Square with every field of the schema', () => {
  it('reads fields of the schema only', () => {
    const unknown = Object.entries(READ_FIELDS).flatMap(([type, fields]) =>
      fields.filter((field) => SQUARE_SCHEMA.fields[type]?.[field] === undefined),
    );

    expect(unknown).toEqual([]);
    expect(unread.length).toBeGreaterThan(200);
  });

  it('is imported to the cent', async () => {
    const { items } = await importing(shop, { order: ORDER });
    const { body } = await shop.get(`/orders/${items[0]?.orderId ?? ''}`);

    expect(items).toEqual([
      { index: 0, sourceId: 'full', outcome: 'imported', orderId: expect.any(String) as string },
    ]);
    expect(body).toMatchObject({
      status: 'DELIVERED',
      paidMinor: 1518,
      dueMinor: 0,
      refundedMinor: 100,
      totals: {
        grossMinor: 1300,
        discountMinor: 100,
        serviceChargeMinor: 120,
        taxMinor: 50,
        inclusiveTaxMinor: 187,
        tipMinor: 150,
        roundingMinor: -2,
        totalMinor: 1518,
      },
    });
  });

  it('gives the same commands whatever its unread fields contain', () => {
    const expected = read(ORDER);
    fc.assert(
      fc.property(mutant(unread, anything), (order) => {
        expect(read(order)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
    const bare = unread.reduce((order, place) => withValue(order, place, undefined), ORDER);
    expect(read(bare)).toEqual(expected);
  });

  it('has the same outcome over the API whatever its unread fields contain', async () => {
    await importing(shop, { order: ORDER });
    const orders = fc.sample(mutant(unread, anything), { numRuns: MUTANTS, seed: SEED });
    const { counts } = await importing(shop, { orders });

    expect(counts).toMatchObject({ repeated: MUTANTS });
  });

  /** Fields that are read, and that an order can do without: texts for people, and ids. */
  const OPTIONAL: Readonly<Record<string, readonly string[]>> = {
    Order: ['version', 'closed_at', 'customer_id', 'reference_id', 'source', 'fulfillments'],
    OrderSource: ['name'],
    OrderLineItem: [
      'uid',
      'name',
      'note',
      'catalog_object_id',
      'variation_name',
      'base_price_money',
    ],
    OrderLineItemModifier: READ_FIELDS['OrderLineItemModifier'] ?? [],
    OrderLineItemTax: ['name', 'percentage', 'applied_money', 'scope'],
    OrderLineItemDiscount: ['uid', 'name', 'percentage', 'amount_money', 'applied_money', 'scope'],
    OrderServiceCharge: ['uid', 'name', 'percentage', 'amount_money', 'taxable'],
    Fulfillment: ['state'],
    Tender: ['id', 'payment_id', 'created_at', 'cash_details'],
    TenderCardDetails: ['status', 'card'],
    Card: ['card_type'],
    Refund: ['id', 'tender_id', 'created_at', 'reason', 'status'],
  };
  const optional = placesOf(ORDER, (type, field) => OPTIONAL[type]?.includes(field) ?? false);
  const empty = fc.constantFrom<unknown>(undefined, null, '', ' \r\n');

  it('has the same amounts without its optional fields', () => {
    const amounts = ({ command: { data } }: ReturnType<typeof read>) => ({
      totals: data.totals,
      lines: data.lines.map(({ grossMinor, taxMinor, totalMinor }) => [
        grossMinor,
        taxMinor,
        totalMinor,
      ]),
      payments: data.payments.map(({ amountMinor, tipMinor }) => [amountMinor, tipMinor]),
    });
    const expected = amounts(read(ORDER));
    fc.assert(
      fc.property(mutant(optional, empty), (order) => {
        expect(amounts(read(order))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('is imported over the API without its optional fields', async () => {
    const orders = fc
      .sample(mutant(optional, empty), { numRuns: MUTANTS, seed: SEED })
      .map((order, i) => ({ ...order, id: `optional-${i}` }));
    const { items } = await importing(shop, { orders });

    // A refund can name a tender that lost its id, and then goes back another way.
    const lost = items.filter(({ outcome }) => outcome !== 'imported');
    expect(lost).toEqual([]);
    const codes = new Set(items.map(({ code }) => code));
    codes.delete('refund_exceeds_tender');
    expect([...codes]).toEqual([undefined]);
  });

  it('has an outcome, a code, a place and an action whatever any field contains', async () => {
    const orders = fc
      .sample(mutant(everywhere, anything), { numRuns: 2 * MUTANTS, seed: SEED })
      .map((order, i): Json => (order['id'] === 'full' ? { ...order, id: `any-${i}` } : order));
    // Two requests: together they are larger than one may be.
    const half = orders.length / 2;
    const reports = [
      await importing(shop, { orders: orders.slice(0, half) }),
      await importing(shop, { orders: orders.slice(half) }),
    ];
    const items = reports.flatMap((report) => report.items);

    for (const { index, outcome, code, path, reason, action } of items) {
      if (outcome === 'imported' && code === undefined) continue;
      expect(code).toBeDefined();
      expect(code).not.toBe('internal');
      expect(path?.startsWith(`/orders/${index}`)).toBe(true);
      expect(reason?.startsWith(`${path}: `)).toBe(true);
      expect(action).toBeDefined();
    }
    expect(new Set(items.map(({ outcome }) => outcome)).size).toBeGreaterThan(2);
  });
});
