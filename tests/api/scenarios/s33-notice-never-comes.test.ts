import { openDay, type ShopDay } from './support/shop-day.ts';

/** Payments are found by asking the provider, and the silence is an alert. */
describe('S33: the notice never comes', () => {
  let day: ShopDay;
  beforeAll(async () => {
    day = await openDay({ provider: { asynchronousRate: 1, confirmAfterMs: 2 ** 30 } });
  });
  afterAll(() => day.stop());

  it('finds three paid orders of which no notice came', async () => {
    const mug = await day.product(9);
    const orders = await Promise.all([1, 2, 3].map((quantity) => day.order([[mug, quantity]])));
    const waiting = await day.until('/payment-reconciliation', (body) => body['waiting'] === 3);
    expect(waiting['secondsSinceLastNotice']).toBeUndefined();
    for (const orderId of orders) {
      const path = `/payment-attempts/${encodeURIComponent(`${orderId}:fulfilment`)}`;
      await day.until(path, ({ attempts }) => attempts === 1, 0);
    }
    await day.restart();
    for (const orderId of orders) day.simulated.simulator.confirm(`${orderId}:fulfilment`);

    for (const orderId of orders) {
      expect(await day.ended(orderId)).toMatchObject({ ending: 'completed' });
      const { body } = await day.shop.get(`/orders/${orderId}`);
      expect(body).toMatchObject({ status: 'CONFIRMED', dueMinor: 0 });
    }
    expect(await day.stock(mug)).toEqual([3, 0]);
    expect(day.simulated.simulator.payments().map(({ requests }) => requests)).toEqual([1, 1, 1]);
    expect((await day.shop.get('/payment-reconciliation')).body).toMatchObject({ waiting: 0 });
    expect((await day.shop.get('/payment-notices')).body['items']).toEqual([]);
  });
});
