import { openShop, type Shop } from '../../api/routes/support/shop.ts';
import {
  type Json,
  openOrder,
  SQUARE_SCHEMA,
  squareLine,
  usd,
} from '../../support/square/orders.ts';
import * as support from './support.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

/** The field of the schema that holds the status of a tender, by the tender's type. */
const STATUS_FIELDS: readonly (readonly [type: string, details: string, statuses: string])[] = [
  ['CARD', 'card_details', 'TenderCardDetailsStatus'],
  ['SQUARE_GIFT_CARD', 'card_details', 'TenderCardDetailsStatus'],
  ['BANK_ACCOUNT', 'bank_account_details', 'TenderBankAccountDetailsStatus'],
  ['BUY_NOW_PAY_LATER', 'buy_now_pay_later_details', 'TenderBuyNowPayLaterDetailsStatus'],
  ['SQUARE_ACCOUNT', 'square_account_details', 'TenderSquareAccountDetailsStatus'],
];
const PAID = ['CAPTURED', 'COMPLETED'];

const withStatus = STATUS_FIELDS.flatMap(([type, details, statuses]) =>
  (SQUARE_SCHEMA.enums[statuses] ?? []).map((status): [string, string, string] => [
    type,
    details,
    status,
  ]),
);

let orders = 0;
async function importTenders(tenders: readonly Json[], more: Json = {}) {
  const order = openOrder(`tenders-${orders++}`, { tenders, ...more });
  const { items } = await support.importing(shop, { orders: [order] });
  const { body } = await shop.get(`/orders/${items[0]?.orderId ?? ''}`);
  return { item: items[0], order: body };
}

const tender = (type: string, more: Json = {}): Json => ({
  id: `tender-${type}`,
  type,
  amount_money: usd(1000),
  ...more,
});

describe('tenders from Square', () => {
  it('covers every kind of status that a tender of the schema can have', () => {
    const { Tender = {} } = SQUARE_SCHEMA.fields;
    const details = Object.entries(Tender).filter(([, type]) => {
      return SQUARE_SCHEMA.fields[type]?.['status'] !== undefined;
    });

    expect(details.map(([name]) => name).sort()).toEqual(
      [...new Set(STATUS_FIELDS.map(([, name]) => name))].sort(),
    );
    expect(withStatus).toHaveLength(19);
  });

  it.each(withStatus)(
    'counts %s with %s.status %s as paid only when the money came',
    async (...of) => {
      const [type, details, status] = of;
      const { item, order } = await importTenders([tender(type, { [details]: { status } })]);

      expect(item).toMatchObject({ outcome: 'imported' });
      if (PAID.includes(status)) {
        expect(order).toMatchObject({ paidMinor: 1000, dueMinor: 0 });
        expect(item).not.toHaveProperty('notices');
      } else {
        expect(order).toMatchObject({ paidMinor: 0, dueMinor: 1000, payments: [] });
        expect(item?.notices).toMatchObject([
          {
            code: 'tender_not_paid',
            path: `/orders/0/tenders/0/${details}/status`,
            message: expect.stringContaining(
              `found ${status}: not a payment; 1000 of 1000`,
            ) as string,
          },
        ]);
      }
    },
  );

  it.each(['CASH', 'THIRD_PARTY_CARD', 'WALLET', 'OTHER'])(
    'counts %s, which has no status, as paid',
    async (type) => {
      const { item, order } = await importTenders([tender(type)]);

      expect(order).toMatchObject({ paidMinor: 1000, dueMinor: 0 });
      expect(item).not.toHaveProperty('notices');
    },
  );

  it('counts a status that is not documented, or of another type, as not paid', async () => {
    const unknown = await importTenders([tender('CARD', { card_details: { status: 'DISPUTED' } })]);
    const wallet = await importTenders([
      tender('WALLET', { wallet_details: { status: 'VOIDED' } }),
    ]);

    for (const { item, order } of [unknown, wallet]) {
      expect(order).toMatchObject({ paidMinor: 0, dueMinor: 1000 });
      expect(item?.notices).toMatchObject([{ code: 'tender_not_paid' }]);
    }
  });

  it('leaves only the part of a pending tender due', async () => {
    const { item, order } = await importTenders(
      [
        tender('CASH', { amount_money: usd(400) }),
        tender('BANK_ACCOUNT', {
          amount_money: usd(600),
          bank_account_details: { status: 'PENDING' },
        }),
      ],
      { state: 'COMPLETED' },
    );

    expect(order).toMatchObject({ status: 'CONFIRMED', paidMinor: 400, dueMinor: 600 });
    expect(item?.notices).toMatchObject([
      { path: '/orders/0/tenders/1/bank_account_details/status' },
    ]);
  });

  it('does not report a failed attempt when another tender paid, or of a cancelled order', async () => {
    const failed = tender('CARD', { card_details: { status: 'FAILED' } });
    const paid = await importTenders([failed, tender('CASH')]);
    const cancelled = await importTenders([failed], { state: 'CANCELED' });

    expect(paid.order).toMatchObject({ paidMinor: 1000, dueMinor: 0 });
    expect(cancelled.order).toMatchObject({ status: 'CANCELLED', paidMinor: 0 });
    for (const { item } of [paid, cancelled]) expect(item).not.toHaveProperty('notices');
  });

  it('does not import a refund that Square has not made, and says so', async () => {
    const { item, order } = await importTenders([tender('CASH')], {
      refunds: [
        { id: 'r1', status: 'PENDING', tender_id: 'tender-CASH', amount_money: usd(100) },
        { id: 'r2', status: 'REJECTED', tender_id: 'tender-CASH', amount_money: usd(100) },
      ],
    });

    expect(order).toMatchObject({ refundedMinor: 0 });
    expect(item?.notices).toMatchObject([
      { code: 'refund_not_made', path: '/orders/0/refunds/0/status' },
    ]);
  });

  it('imports a cash payment whose tendered cash is less than it, without change', async () => {
    const { item, order } = await importTenders([
      tender('CASH', { cash_details: { buyer_tendered_money: usd(995) } }),
    ]);

    expect(order).toMatchObject({ paidMinor: 1000, payments: [{ changeMinor: 0 }] });
    expect(item?.notices).toMatchObject([{ code: 'cash_tendered_ignored' }]);
  });

  it('gives tenders without ids stable ids of their own', async () => {
    const half = { amount_money: usd(500) };
    const { order } = await importTenders([
      tender('CASH', { ...half, id: '' }),
      tender('OTHER', { ...half, id: 'tender-1', payment_id: ' ' }),
    ]);

    expect(order['payments']).toMatchObject([{ paymentId: 'tender-2' }, { paymentId: 'tender-1' }]);
  });

  it('names the place of a tip larger than its tender, and of more money than the order', async () => {
    const tip = openOrder('large-tip', { tenders: [tender('CASH', { tip_money: usd(1001) })] });
    const twice = openOrder('twice', { tenders: [tender('CASH'), tender('OTHER')] });
    const { items } = await support.importing(shop, [tip, twice]);

    expect(items).toMatchObject([
      { outcome: 'invalid', code: 'invalid_order', path: '/0/tenders/0/tip_money' },
      { outcome: 'refused', code: 'payment_exceeds_due', path: '/1/tenders' },
    ]);
  });
});

describe('a drawer opened at Square without a sale', () => {
  const opening = (more: Json = {}): Json => ({
    id: 'no-sale',
    state: 'COMPLETED',
    created_at: '2024-03-09T23:10:00Z',
    total_money: usd(0),
    tenders: [{ id: 't', type: 'NO_SALE', amount_money: usd(0) }],
    ...more,
  });

  it.each<[string, Json]>([
    ['with amounts of 0', opening()],
    ['with empty lists', opening({ line_items: [], refunds: [], service_charges: null })],
    ['without a total', opening({ total_money: undefined, tenders: [{ type: 'NO_SALE' }] })],
    ['with an empty order', opening({ tenders: [] })],
  ])('is skipped %s', async (_, order) => {
    const { counts, items } = await support.importing(shop, { order });

    expect(counts).toMatchObject({ skipped: 1, refused: 0, invalid: 0 });
    expect(items).toMatchObject([{ outcome: 'skipped', code: 'no_sale' }]);
    expect(items[0]?.path).toMatch(/^\/order/);
  });

  it('is no payment in an order with lines', async () => {
    const lines = { line_items: [squareLine(0)] };
    const order = await support.importedOrder(shop, opening({ id: 'free', ...lines }));

    expect(order).toMatchObject({ payments: [], dueMinor: 0, totals: { totalMinor: 0 } });
  });

  it('is invalid with money and without lines, so that no money is passed over', async () => {
    const { items } = await support.importing(shop, [opening({ total_money: usd(100) })]);

    expect(items).toMatchObject([
      { outcome: 'invalid', code: 'invalid_order', path: '/0/line_items' },
    ]);
  });
});
