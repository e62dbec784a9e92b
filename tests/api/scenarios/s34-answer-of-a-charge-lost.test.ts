import { placeSale } from '../routes/support/shop.ts';
import { openDay, type ShopDay } from './support/shop-day.ts';

/** A terminal has charged, and its response is lost: it is looked up, never charged again. */
describe('S34: charged, and the response lost', () => {
  let day: ShopDay;
  beforeEach(async () => {
    day = await openDay({ provider: { lostResponseRate: 1 } });
  });
  afterEach(() => day.stop());

  async function charge(orderId: string, amountMinor: number, key: string): Promise<string> {
    const body = { orderId, method: 'credit_card', amountMinor, currency: 'USD' };
    const { status, body: payment } = await day.shop.post('/payment-attempts', body, { key });
    expect(status).toBe(202);
    return String(payment['paymentId']);
  }
  const pathOf = (paymentId: string) => `/payment-attempts/${paymentId}`;

  it.each([1_250, 99_999])('shows %i as unknown, and finds it by its id', async (amount) => {
    const first = await placeSale(day.shop, amount);
    const paymentId = await charge(first, amount, 'first-tap');
    await day.until(pathOf(paymentId), ({ status }) => status === 'unknown', 0);
    day.simulated.simulator.set({ lostResponseRate: 0 });
    // The cashier taps again, and goes on to the next order with the same amount.
    expect(await charge(first, amount, 'first-tap')).toBe(paymentId);
    const second = await placeSale(day.shop, amount);
    const next = await charge(second, amount, 'next-order');
    await day.until(pathOf(next), ({ appliedMinor }) => appliedMinor === amount, 0);
    expect((await day.shop.get(pathOf(paymentId))).body).toMatchObject({ status: 'unknown' });
    expect((await day.shop.get(`/orders/${first}`)).body).toMatchObject({ paidMinor: 0 });

    await day.restart();
    await day.until(pathOf(paymentId), ({ appliedMinor }) => appliedMinor === amount);
    for (const orderId of [first, second]) {
      const { body } = await day.shop.get(`/orders/${orderId}`);
      expect(body).toMatchObject({ status: 'CONFIRMED', paidMinor: amount, dueMinor: 0 });
    }
    const charges = day.simulated.simulator.payments();
    expect(charges.map(({ attemptId, requests }) => [attemptId, requests])).toEqual([
      [paymentId, 1],
      [next, 1],
    ]);
  });

  it('shows a charge with another key meanwhile as excess of the order', async () => {
    const orderId = await placeSale(day.shop, 500);
    const paymentId = await charge(orderId, 500, 'first-tap');
    await day.until(pathOf(paymentId), ({ status }) => status === 'unknown', 0);
    day.simulated.simulator.set({ lostResponseRate: 0 });
    const again = await charge(orderId, 500, 'another-key');
    for (const each of [paymentId, again]) {
      await day.until(pathOf(each), ({ appliedMinor }) => appliedMinor !== undefined);
    }
    // Both were charged, as two people may pay: the order took one, and the other is excess.
    const { body } = await day.shop.get(`/orders/${orderId}`);
    expect(body).toMatchObject({ paidMinor: 500, dueMinor: 0 });
    const excess = await Promise.all(
      [paymentId, again].map(async (each) => (await day.shop.get(pathOf(each))).body),
    );
    expect(excess.map(({ excessMinor }) => Number(excessMinor)).sort()).toEqual([0, 500]);
  });
});
