import type { EventMetadata } from '../../../src/domain/kernel/event.ts';
import { cash, openShop, placeSale, saleOf, type Shop } from './support/shop.ts';

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
  it('accepts Windows line ends in a note and a name, and returns them unchanged', async () => {
    const note = 'No onions\r\nNo salt';
    const lines = [{ name: 'Soup\r\nof the day', quantity: '1', unitPriceMinor: 500, note }];
    const placed = await shop.post('/orders', { currency: 'USD', note, lines });
    expect(placed.status).toBe(202);
    const order = await shop.get(`/orders/${String(placed.body['orderId'])}`);
    expect(order.body).toMatchObject({ note, lines: [{ name: 'Soup\r\nof the day', note }] });
  });

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

describe('the life of an order over HTTP', () => {
  it('takes payments of several kinds, gives change, and confirms what is settled', async () => {
    const orderId = await placeSale(shop, 1000);
    const path = `/orders/${orderId}/payments`;
    const card = { method: 'credit_card', amountMinor: 400, tipMinor: 50, currency: 'USD' };
    const first = await shop.post(path, card);
    expect(first.body).toMatchObject({ status: 'PENDING', paidMinor: 450, dueMinor: 600 });
    const second = await shop.post(path, cash(600, { tenderedMinor: 1000 }));
    expect(second.body).toMatchObject({
      status: 'CONFIRMED',
      dueMinor: 0,
      totals: { tipMinor: 50, totalMinor: 1050 },
      payment: { method: 'cash', changeMinor: 400 },
    });
    const third = await shop.post(path, cash(1));
    expect(third).toMatchObject({ status: 422, body: { code: 'order_fully_paid' } });
    const payments = await shop.get(`/payments?orderId=${orderId}`);
    expect(payments.body['items']).toHaveLength(2);
    const { paymentId } = second.body['payment'] as { paymentId: string };
    const one = await shop.get(`/payments/${paymentId}`);
    expect(one.body).toMatchObject({ paymentId, orderId, amountMinor: 600, changeMinor: 400 });
  });

  it('answers a repeated payment as the first time, also after more has happened', async () => {
    const orderId = await placeSale(shop, 500);
    const pay = () => shop.post(`/orders/${orderId}/payments`, cash(200), { key: 'pay-200' });
    const first = await pay();
    await shop.post(`/orders/${orderId}/payments`, cash(300));
    const again = await pay();
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    const other = await shop.post(`/orders/${orderId}/payments`, cash(201), { key: 'pay-200' });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    const order = await shop.get(`/orders/${orderId}`);
    expect(order.body).toMatchObject({ paidMinor: 500 });
  });

  it('refunds a line unit by unit until nothing of it remains, then the rest', async () => {
    const placed = await shop.post('/orders', {
      currency: 'USD',
      lines: [
        { lineId: 'three', name: 'Buns', quantity: '3', unitPriceMinor: 33 },
        { lineId: 'one', name: 'Tea', quantity: '1', unitPriceMinor: 201 },
      ],
    });
    const path = `/orders/${String(placed.body['orderId'])}`;
    await shop.post(`${path}/payments`, cash(300));
    const reason = { reason: 'Stale', currency: 'USD' };
    const unit = { lines: [{ lineId: 'three', quantity: '1' }], ...reason };
    for (let i = 0; i < 3; i++) {
      const back = await shop.post(`${path}/refunds`, unit);
      expect(back).toMatchObject({ status: 201, body: { refund: { amountMinor: 33 } } });
    }
    const fourth = await shop.post(`${path}/refunds`, unit);
    expect(fourth).toMatchObject({ status: 422, body: { code: 'refund_exceeds_remaining' } });
    const rest = await shop.post(`${path}/refunds`, reason);
    expect(rest.body).toMatchObject({
      status: 'REFUNDED',
      refundedMinor: 300,
      refund: { amountMinor: 201, toCashMinor: 201 },
    });
  });

  it('voids and comps what is not paid, and prices the rest anew', async () => {
    const placed = await shop.post('/orders', SQUARE_EXAMPLE);
    const path = `/orders/${String(placed.body['orderId'])}`;
    const voided = await shop.post(`${path}/voids`, { lineId: 'steak', reason: 'Sold out' });
    expect(voided.body).toMatchObject({ totals: { grossMinor: 4500 } });
    const comp = { lineId: 'shake', reason: 'Waited', approvedBy: 'Ana' };
    expect((await shop.post(`${path}/comps`, comp, { role: 'till' })).status).toBe(403);
    const comped = await shop.post(`${path}/comps`, comp);
    expect(comped.body).toMatchObject({ status: 'CONFIRMED', totals: { totalMinor: 0 } });
    const read = await shop.get(path);
    expect(read.body).toMatchObject({ totals: comped.body['totals'], revision: 3 });
  });

  it('keeps a paid line from being voided and a paid order from being cancelled', async () => {
    const orderId = await placeSale(shop, 100);
    await shop.post(`/orders/${orderId}/payments`, cash(40));
    const voiding = await shop.post(`/orders/${orderId}/voids`, { lineId: 'goods', reason: 'x' });
    expect(voiding).toMatchObject({ status: 422, body: { code: 'line_already_paid' } });
    const cancelling = await shop.post(`/orders/${orderId}/cancel`, { reason: 'Left' });
    expect(cancelling).toMatchObject({ status: 422, body: { code: 'illegal_transition' } });
  });

  it('moves an order on, never back, and tells it in the history (S16)', async () => {
    const orderId = await placeSale(shop, 100);
    const report = (status: string) => shop.post(`/orders/${orderId}/status`, { status });
    expect((await report('PROCESSING')).body).toMatchObject({ status: 'PROCESSING' });
    await shop.post(`/orders/${orderId}/payments`, cash(100));
    expect((await report('DELIVERED')).body).toMatchObject({ status: 'DELIVERED' });
    const late = await report('PROCESSING');
    expect(late).toMatchObject({ status: 200, body: { status: 'DELIVERED' } });
    expect((await report('CANCELLED')).body).toMatchObject({ code: 'illegal_transition' });
    const status = await shop.get(`/orders/${orderId}/status`);
    expect(status.body).toMatchObject({ status: 'DELIVERED', dueMinor: 0, totalMinor: 100 });
    const history = await shop.get(`/orders/${orderId}/history`);
    const types = (history.body['items'] as { type: string }[]).map(({ type }) => type);
    expect(types).toEqual([
      'OrderPlaced',
      'OrderStatusChanged',
      'OrderPaymentRecorded',
      'OrderStatusChanged',
      'OrderStatusChanged',
      'StaleStatusReported',
      'CommandRefused',
    ]);
  });

  it('cancels an unpaid order for good, and takes it out of the sales of its day', async () => {
    const mine = await openShop();
    try {
      const orderId = await placeSale(mine, 100);
      const gone = await mine.post(`/orders/${orderId}/cancel`, { reason: 'Left' });
      expect(gone.body).toMatchObject({ status: 'CANCELLED' });
      const paying = await mine.post(`/orders/${orderId}/payments`, cash(100));
      expect(paying).toMatchObject({ status: 422, body: { code: 'order_closed' } });
      const report = await mine.get('/reports/daily-sales');
      const [day] = report.body['items'] as { currencies: Record<string, unknown> }[];
      expect(day?.currencies['USD']).toMatchObject({ sales: { cancelled: 1, totalMinor: 0 } });
    } finally {
      await mine.stop();
    }
  });

  it('gives the payments of two orders ids of their own, though one key paid both', async () => {
    const ids: string[] = [];
    for (const amountMinor of [300, 400]) {
      const orderId = await placeSale(shop, amountMinor);
      const paid = await shop.post(`/orders/${orderId}/payments`, cash(amountMinor), {
        key: 'one-key-for-two-orders',
      });
      const { paymentId } = paid.body['payment'] as { paymentId: string };
      expect(paid.headers.get('location')).toBe(`/payments/${encodeURIComponent(paymentId)}`);
      const read = await shop.get(paid.headers.get('location') ?? '');
      expect(read.body).toMatchObject({ paymentId, orderId, amountMinor });
      ids.push(paymentId);
    }
    expect(new Set(ids).size).toBe(2);
  });

  it('still reads a payment that was recorded under the bare key', async () => {
    const orderId = await placeSale(shop, 500);
    const stream = `order-a.${orderId}`;
    const [placed] = await shop.world.log.readStream(stream, { from: 0, limit: 1 });
    const { totals, businessDay } = placed?.data as { totals: object; businessDay: string };
    const money = { orderId, businessDay, placedOn: businessDay, currency: 'USD' };
    const paid = { paidMinor: 500, dueMinor: 0, tipMinor: 0, tipAddedMinor: 0, changeMinor: 0 };
    const data = { ...money, ...paid, paymentId: 'bare-key', method: 'cash', amountMinor: 500 };
    const metadata = { ...placed?.metadata, schemaVersion: 1 } as EventMetadata;
    const event = { id: 'bare', type: 'OrderPaymentRecorded', data: { ...data, totals }, metadata };
    expect(await shop.world.log.append(stream, 0, [event])).toMatchObject({ outcome: 'done' });
    expect((await shop.get('/payments/bare-key')).body).toMatchObject({
      orderId,
      amountMinor: 500,
    });
  });

  it('lists orders by status, customer and day, page by page', async () => {
    const mine = await openShop();
    try {
      for (let i = 1; i <= 5; i++) await mine.post('/orders', saleOf(i, { customerId: 'c-1' }));
      await mine.post('/orders', saleOf(6, { customerId: 'c-2' }));
      const seen: number[] = [];
      let cursor = '';
      do {
        const { body } = await mine.get(`/orders?customerId=c-1&limit=2${cursor}`);
        seen.push(...(body['items'] as { totalMinor: number }[]).map((row) => row.totalMinor));
        const next = body['nextCursor'] as string | undefined;
        cursor = next === undefined ? '' : `&cursor=${encodeURIComponent(next)}`;
      } while (cursor !== '');
      expect(seen.sort()).toEqual([1, 2, 3, 4, 5]);
      const cancelled = await mine.get('/orders?status=CANCELLED');
      expect(cancelled.body['items']).toEqual([]);
      const before = await mine.get('/orders?to=2020-01-01');
      expect(before.body['items']).toEqual([]);
      const bad = await mine.get('/orders?cursor=nonsense');
      expect(bad).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    } finally {
      await mine.stop();
    }
  });

  it('carries a command out only at the revision that If-Match names', async () => {
    const orderId = await placeSale(shop, 100);
    await shop.post(`/orders/${orderId}/payments`, cash(40));
    const pay = (tag: string) =>
      shop.post(`/orders/${orderId}/payments`, cash(10), { headers: { 'If-Match': tag } });
    const stale = await pay('"0"');
    expect(stale).toMatchObject({ status: 412, body: { code: 'precondition_failed' } });
    const fresh = await pay('"1"');
    expect(fresh.body).toMatchObject({ paidMinor: 50, revision: 2 });
  });
});
