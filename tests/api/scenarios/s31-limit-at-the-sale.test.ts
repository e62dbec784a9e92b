import { onAccount, openAccount, placeSale } from '../routes/support/shop.ts';
import { openDay, type ShopDay } from './support/shop-day.ts';

/** The limit counts at the moment of the sale, whatever the tills do at the same time. */
describe('S31: the limit at the moment of the sale', () => {
  let day: ShopDay;
  beforeAll(async () => {
    day = await openDay();
  });
  afterAll(() => day.stop());

  it.each([
    [100, 0],
    [110, 1],
    [130, 2],
    [149, 2],
    [150, 3],
  ])('lets of three sales of 20 at once to a debt of 90, limit %i, %i in', async (limit, taken) => {
    const customerId = await openAccount(day.shop, { creditLimitMinor: limit, name: 'Rosa' });
    await day.shop.post(`/customers/${customerId}/debts`, { amountMinor: 90, currency: 'USD' });
    const orders = [];
    for (let till = 1; till <= 3; till++) orders.push(await placeSale(day.shop, 20));
    const charges = await Promise.all(
      orders.map((orderId) =>
        day.shop.post(`/orders/${orderId}/payments`, onAccount(20, customerId), { role: 'till' }),
      ),
    );

    expect(charges.filter(({ status }) => status === 201)).toHaveLength(taken);
    for (const { status, body } of charges.filter((each) => each.status !== 201)) {
      expect([status, body['code']]).toEqual([422, 'credit_limit_exceeded']);
      expect(body['details']).toMatchObject({ limitMinor: limit, requestedMinor: 20 });
    }
    await day.restart();
    const account = await day.shop.get(`/customers/${customerId}`);
    expect(account.body).toMatchObject({ balanceMinor: 90 + 20 * taken });
    const paid = await Promise.all(orders.map((orderId) => day.shop.get(`/orders/${orderId}`)));
    expect(paid.filter(({ body }) => body['status'] === 'CONFIRMED')).toHaveLength(taken);
    for (const { body } of paid) expect(body['pendingMinor']).toBe(0);
  });
});
