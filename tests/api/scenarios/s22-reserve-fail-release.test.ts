import type { PaymentProvider } from '../../../src/ports/payment-provider.ts';
import { openDay, type ShopDay } from './support/shop-day.ts';

/** Ten minutes of the shop are over after some reads. */
const LONG_MS = 30_000;

/** What was reserved for an order that is not paid is released once, also when money comes late. */
describe('S22: reserve, fail, release', () => {
  let day: ShopDay;
  /** The response to a charge says that it failed, and the provider makes it nevertheless. */
  let isChargeDenied = false;
  const wrapProvider = (provider: PaymentProvider): PaymentProvider => ({
    ...provider,
    async charge(request) {
      const outcome = await provider.charge(request);
      return isChargeDenied ? { kind: 'failed', reason: 'acquirer_timeout' } : outcome;
    },
  });
  beforeEach(async () => {
    isChargeDenied = false;
    day = await openDay({ wrapProvider });
  });
  afterEach(() => day.stop());

  const chargeOf = (orderId: string) => {
    const attemptId = `${orderId}:fulfilment`;
    return day.simulated.simulator.payments().find((each) => each.attemptId === attemptId);
  };
  const sumRefunded = (orderId: string) =>
    chargeOf(orderId)?.refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

  it('releases once when the payment fails for good', async () => {
    const mug = await day.product(2, { priceMinor: 150_000 });
    const orderId = await day.order([[mug, 1]]);
    expect(await day.ended(orderId)).toMatchObject({ ending: 'compensated' });
    await day.restart();

    expect(await day.movements(mug)).toEqual(['replenished', 'reserved', 'released']);
    expect(await day.stock(mug)).toEqual([2, 0]);
    const { body } = await day.shop.get(`/orders/${orderId}`);
    expect(body).toMatchObject({ status: 'PAYMENT_FAILED', paidMinor: 0 });
  });

  it('refunds a success that comes after the order was put back for its time', async () => {
    day.simulated.simulator.set({ asynchronousRate: 1, confirmAfterMs: 2 ** 30 });
    const mug = await day.product(5);
    const orderId = await day.order([[mug, 3]]);
    expect(await day.ended(orderId, LONG_MS)).toMatchObject({ ending: 'compensated' });
    const kinds = await day.movements(mug);
    expect(kinds.filter((kind) => kind === 'released')).toHaveLength(1);
    expect(await day.stock(mug)).toEqual([5, 0]);

    await day.restart();
    day.simulated.simulator.confirm(`${orderId}:fulfilment`);
    const paymentPath = `/payment-attempts/${encodeURIComponent(`${orderId}:fulfilment`)}`;
    await day.until(paymentPath, ({ refundedMinor }) => refundedMinor === 1_050, LONG_MS);

    expect(sumRefunded(orderId)).toBe(1_050);
    expect(await day.movements(mug)).toEqual(kinds);
    expect(await day.stock(mug)).toEqual([5, 0]);
    const { body } = await day.shop.get(`/orders/${orderId}`);
    expect(body).toMatchObject({ status: 'CANCELLED' });
    expect(Number(body['paidMinor']) - Number(body['refundedMinor'])).toBe(0);
  });

  it('refunds a charge that the provider had called failed, once its notice tells', async () => {
    isChargeDenied = true;
    const noticeUrl = `${day.shop.world.url}/webhooks/payments/a`;
    day.simulated.simulator.set({ asynchronousRate: 1, notices: 'twice', noticeUrl });
    const mug = await day.product(1);
    const orderId = await day.order([[mug, 1]]);
    expect(await day.ended(orderId)).toMatchObject({ ending: 'compensated' });
    expect(await day.stock(mug)).toEqual([1, 0]);

    day.simulated.simulator.confirm(`${orderId}:fulfilment`);
    const paymentPath = `/payment-attempts/${encodeURIComponent(`${orderId}:fulfilment`)}`;
    await day.until(paymentPath, ({ refundedMinor }) => refundedMinor === 350);
    expect(sumRefunded(orderId)).toBe(350);
    expect(await day.movements(mug)).toEqual(['replenished', 'reserved', 'released']);
    const { body } = await day.shop.get(`/orders/${orderId}`);
    expect(Number(body['paidMinor']) - Number(body['refundedMinor'])).toBe(0);
  });
});
