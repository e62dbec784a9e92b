import { openProvider, type SimulatedProvider } from '../../support/payments.ts';
import { cash, openShop, placeSale, type Shop } from './support/shop.ts';

let simulated: SimulatedProvider;
let shop: Shop;
beforeAll(async () => {
  simulated = await openProvider();
  shop = await openShop({ paymentProvider: simulated.provider });
});
afterAll(async () => {
  await shop.stop();
  await simulated.stop();
});

const MAX_READS = 500;

async function request(orderId: string, amountMinor: number, more: Record<string, unknown> = {}) {
  const body = { orderId, method: 'credit_card', amountMinor, currency: 'USD', ...more };
  const response = await shop.post('/payment-attempts', body);
  expect([response.status, response.body['status']]).toEqual([202, 'pending']);
  return String(response.body['paymentId']);
}

/** The payment once it is as expected. */
async function until(
  paymentId: string,
  isReached: (body: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  for (let i = 0; i < MAX_READS; i++) {
    const { body } = await shop.get(`/payment-attempts/${paymentId}`);
    if (isReached(body)) return body;
  }
  throw new Error(`payment ${paymentId} did not get there`);
}
const isApplied = (body: Record<string, unknown>) => body['appliedMinor'] !== undefined;

describe('payments through a provider over HTTP', () => {
  it('confirm the order that they pay, with their tip', async () => {
    const orderId = await placeSale(shop, 6_000);
    const paymentId = await request(orderId, 6_000, { tipMinor: 500 });
    const payment = await until(paymentId, isApplied);
    expect(payment).toMatchObject({
      status: 'succeeded',
      chargedMinor: 6_500,
      appliedMinor: 6_500,
      excessMinor: 0,
      attempts: 1,
    });
    const order = await shop.get(`/orders/${orderId}`);
    expect(order.body).toMatchObject({ status: 'CONFIRMED', paidMinor: 6_500, dueMinor: 0 });
    const received = await shop.get(`/payments/${paymentId}`);
    expect(received.body).toMatchObject({ orderId, reference: payment['transactionId'] });
  });

  it('show what two payers paid too much as excess, which goes back first (S35)', async () => {
    const orderId = await placeSale(shop, 10_000);
    const [one, two] = await Promise.all([request(orderId, 6_000), request(orderId, 6_000)]);
    const payments = [await until(one, isApplied), await until(two, isApplied)];
    const applied = payments.map((each) => Number(each['appliedMinor'])).sort((a, b) => a - b);
    expect(applied).toEqual([4_000, 6_000]);
    const excess = payments.find((each) => each['excessMinor'] === 2_000) ?? {};
    const id = String(excess['paymentId']);
    const order = await shop.get(`/orders/${orderId}`);
    expect(order.body).toMatchObject({ paidMinor: 10_000, dueMinor: 0 });

    const refund = { amountMinor: 2_000, reason: 'Paid twice', currency: 'USD' };
    expect((await shop.post(`/payment-attempts/${id}/refunds`, refund)).status).toBe(202);
    await until(id, ({ refundedMinor }) => refundedMinor === 2_000);
    const after = await shop.get(`/orders/${orderId}`);
    expect(after.body).toMatchObject({ paidMinor: 10_000, refundedMinor: 0 });
    expect(simulated.simulator.payments().find(({ attemptId }) => attemptId === id)).toMatchObject({
      refunds: [{ amountMinor: 2_000, status: 'refunded' }],
    });
  });

  it('refund the order as well, once the provider has paid it back', async () => {
    const orderId = await placeSale(shop, 1_000);
    const paymentId = await request(orderId, 1_000);
    await until(paymentId, isApplied);
    const body = { reason: 'Cold', currency: 'USD' };
    const first = await shop.post(`/payment-attempts/${paymentId}/refunds`, body);
    expect(first.body).toMatchObject({ pendingRefundMinor: 1_000 });
    const more = await shop.post(`/payment-attempts/${paymentId}/refunds`, body);
    expect([more.status, more.body['code']]).toEqual([422, 'refund_exceeds_remaining']);
    let refundedMinor: unknown = 0;
    for (let i = 0; i < MAX_READS && refundedMinor !== 1_000; i++) {
      refundedMinor = (await shop.get(`/orders/${orderId}`)).body['refundedMinor'];
    }
    expect(refundedMinor).toBe(1_000);
  });

  it('fail with the reason of the provider, and leave the order as it was', async () => {
    const orderId = await placeSale(shop, 200_000);
    const paymentId = await request(orderId, 200_000);
    const payment = await until(paymentId, ({ status }) => status === 'failed');
    expect(payment).toMatchObject({ reason: 'suspected_fraud', chargedMinor: 0 });
    expect((await shop.get(`/orders/${orderId}`)).body).toMatchObject({ paidMinor: 0 });
    const unknown = await shop.post('/payment-attempts/none/refunds', {
      reason: 'x',
      currency: 'USD',
    });
    expect([unknown.status, unknown.body['code']]).toEqual([404, 'payment_not_found']);
  });
});

describe('a split over HTTP', () => {
  it('sums to what is due, and records nothing', async () => {
    const orderId = await placeSale(shop, 1_000);
    await shop.post(`/orders/${orderId}/payments`, cash(99));
    const before = await shop.world.log.head();
    const split = await shop
      .get('/orders')
      .then(() =>
        shop.world.call('POST', `/orders/${orderId}/splits`, { json: { shares: [1, 1, 1] } }),
      );
    expect(split.body).toMatchObject({
      totalMinor: 901,
      parts: [{ amountMinor: 301 }, { amountMinor: 300 }, { amountMinor: 300 }],
    });
    const both = await shop.world.call('POST', `/orders/${orderId}/splits`, {
      json: { shares: [1], amounts: [1] },
    });
    expect(both.status).toBe(400);
    expect(await shop.world.log.head()).toEqual(before);
  });
});
