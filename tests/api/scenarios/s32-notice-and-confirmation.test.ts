import type { PaymentProvider } from '../../../src/ports/payment-provider.ts';
import { openDay, type ShopDay } from './support/shop-day.ts';

/**
 * A notice that comes before its payment is known, and one that comes twice, are in
 * tests/api/routes/payment-notices.test.ts. Here it meets the response to the charge.
 */
describe('S32: notice first, response first, both', () => {
  let day: ShopDay;
  /** The provider has sent its notices, twice, before it responds to the charge. */
  let isNoticeFirst = false;
  const wrapProvider = (provider: PaymentProvider): PaymentProvider => ({
    ...provider,
    async charge(request) {
      const outcome = await provider.charge(request);
      if (isNoticeFirst) {
        day.simulated.simulator.confirm(request.attemptId);
        await noticesOf(request.attemptId, 1);
      }
      return outcome;
    },
  });
  beforeEach(async () => {
    isNoticeFirst = false;
    day = await openDay({ wrapProvider });
    const noticeUrl = `${day.shop.world.url}/webhooks/payments/a`;
    day.simulated.simulator.set({ asynchronousRate: 1, notices: 'twice', noticeUrl });
  });
  afterEach(() => day.stop());

  const attemptOf = (orderId: string) => `${orderId}:fulfilment`;
  const noticesOf = (attemptId: string, count: number) =>
    day.until(
      `/payment-notices?attemptId=${encodeURIComponent(attemptId)}`,
      ({ items }) => (items as unknown[]).length === count,
    );

  /** The provider has the charge, and waits for its confirmation. */
  const isPendingThere = (orderId: string) =>
    day.simulated.simulator
      .payments()
      .some(({ attemptId, status }) => attemptId === attemptOf(orderId) && status === 'pending');

  async function expectPaidOnce(orderId: string): Promise<void> {
    expect(await day.ended(orderId)).toMatchObject({ ending: 'completed' });
    const { body } = await day.shop.get(`/orders/${orderId}`);
    expect(body).toMatchObject({ status: 'CONFIRMED', paidMinor: 700, dueMinor: 0 });
    const attemptId = attemptOf(orderId);
    const charges = day.simulated.simulator.payments();
    expect(charges.filter((each) => each.attemptId === attemptId)).toHaveLength(1);
    const { body: payments } = await day.shop.get(`/payments?orderId=${orderId}`);
    expect(payments['items']).toHaveLength(1);
    await noticesOf(attemptId, 1);
  }

  it('takes a notice that comes, twice, before the response to the charge', async () => {
    isNoticeFirst = true;
    const mug = await day.product(2);
    await expectPaidOnce(await day.order([[mug, 2]]));
    expect(await day.stock(mug)).toEqual([0, 0]);
  });

  it('takes the notice, twice, and the look-up at the same time', async () => {
    const mug = await day.product(2);
    const orderId = await day.order([[mug, 2]]);
    const path = `/payment-attempts/${encodeURIComponent(attemptOf(orderId))}`;
    await day.until(path, ({ attempts }) => attempts === 1 && isPendingThere(orderId), 0);
    day.simulated.simulator.confirm(attemptOf(orderId));
    await day.clock.advance(60_000);
    await expectPaidOnce(orderId);
  });

  it('keeps an early notice over a restart', async () => {
    const mug = await day.product(2);
    day.simulated.simulator.set({ temporaryRate: 1 });
    const orderId = await day.order([[mug, 2]]);
    const path = `/payment-attempts/${encodeURIComponent(attemptOf(orderId))}`;
    // The second is granted only after the first has failed.
    await day.until(path, ({ attempts }) => Number(attempts) > 1);
    day.simulated.simulator.set({ temporaryRate: 0, noticeUrl: '' });
    await day.restart();
    const noticeUrl = `${day.shop.world.url}/webhooks/payments/a`;
    day.simulated.simulator.set({ noticeUrl });
    await day.until(path, () => isPendingThere(orderId));
    day.simulated.simulator.confirm(attemptOf(orderId));
    await expectPaidOnce(orderId);
  });
});
