import { createFaultyLog, type FaultyLog } from '../../support/faulty-log.ts';
import { saleOf } from '../routes/support/shop.ts';
import { openDay, type ShopDay } from './support/shop-day.ts';

/** The id of an order is its number, and is spent with the first document that has it. */
describe('S23: a recycled number', () => {
  let day: ShopDay;
  let faulty: FaultyLog;
  beforeEach(async () => {
    day = await openDay({ world: { wrapLog: (log) => (faulty = createFaultyLog(log)) } });
  });
  afterEach(() => day.stop());

  const place = (totalMinor: number) =>
    day.shop.post('/orders', saleOf(totalMinor), { key: 'n701' });

  it.each(['broken', 'answer-lost'] as const)(
    'is on no second document when the shop dies while the first is cancelled: %s',
    async (fault) => {
      const first = await place(1_000);
      const orderId = String(first.body['orderId']);
      faulty.plan(fault);
      const cancel = `/orders/${orderId}/cancel`;
      await day.settled(day.shop.post(cancel, { reason: 'Draft' }));
      await day.restart();

      const another = await place(2_000);
      expect([another.status, another.body['code']]).toEqual([422, 'idempotency_key_reused']);
      const same = await place(1_000);
      expect(same.body).toEqual(first.body);
      const { body } = await day.shop.get(`/orders/${orderId}`);
      expect(body).toMatchObject({ orderId, totals: { totalMinor: 1_000 } });
      const { body: all } = await day.shop.get('/orders');
      expect((all['items'] as { orderId: string }[]).map((each) => each.orderId)).toEqual([
        orderId,
      ]);
    },
  );

  it('stays with an order that was cancelled', async () => {
    const first = await place(1_000);
    const orderId = String(first.body['orderId']);
    await day.shop.post(`/orders/${orderId}/cancel`, { reason: 'Draft' });
    await day.restart();
    const next = await day.shop.post('/orders', saleOf(1_000));
    expect(next.body['orderId']).not.toBe(orderId);
    const { body } = await day.shop.get(`/orders/${orderId}`);
    expect(body).toMatchObject({ status: 'CANCELLED', totals: { totalMinor: 1_000 } });
  });
});
