import { HIDDEN, mercadoPagoNotice } from '../../support/webhooks/apps.ts';
import { type ConnectedShop, openConnectedShop } from './support/connected-shop.ts';
import { openShop, placeSale, saleOf } from './support/shop.ts';

let seller: ConnectedShop;
beforeEach(async () => {
  seller = await openConnectedShop();
});
afterEach(() => seller.stop());

/** The order that a till will place with that key: its id derives from it. */
async function orderIdOf(key: string): Promise<string> {
  const other = await openShop();
  const placed = await other.post('/orders', saleOf(700), { key });
  await other.stop();
  return String(placed.body['orderId']);
}

const noticesAbout = (id: string) => `/webhook-notices?entityId=${id}`;
const decided = ({ status }: Record<string, unknown>) =>
  status === 'processed' || status === 'parked';
const attempt = (id: string) => `/payment-attempts/mercadopago-${id}`;

async function expectPaid(orderId: string, paidMinor: number, payments = 1): Promise<void> {
  const order = await seller.until(`/orders/${orderId}`, (body) => body['paidMinor'] === paidMinor);
  expect(order['paidMinor']).toBe(paidMinor);
  const { body } = await seller.shop.get(`/payments?orderId=${orderId}`);
  expect(body['items']).toHaveLength(payments);
}

describe('A notice of a payment', () => {
  it('leads to a look-up, and the payment is recorded once on its order', async () => {
    await seller.connect();
    seller.simulator.setWebhooks({ mode: 'twice' });
    const orderId = await placeSale(seller.shop, 1_500);
    const id = await seller.pay({ reference: orderId, amount: 15 });
    await expectPaid(orderId, 1_500);
    const notice = await seller.untilFirst(noticesAbout(id), decided);
    expect(notice).toMatchObject({
      ...{ status: 'processed', effect: 'payment_recorded', isSigned: true, attempts: 1 },
      ...{ paymentId: `mercadopago-${id}`, paidOrderId: orderId },
    });
    expect(
      (await seller.shop.get(`/webhook-notices?eventId=${String(notice['eventId'])}`)).body,
    ).toMatchObject({ items: [{ entityId: id, status: 'processed' }] });
    const payment = await seller.until(attempt(id), (body) => body['appliedMinor'] === 1_500);
    expect(payment).toMatchObject({
      ...{ status: 'succeeded', provider: 'mercadopago', method: 'credit_card', orderId },
      ...{ chargedMinor: 1_500, excessMinor: 0, transactionId: id },
    });
    expect((await seller.shop.get(`/orders/${orderId}`)).body['status']).toBe('CONFIRMED');
  });

  it('shows what is not due as excess, and gives it back', async () => {
    await seller.connect();
    const orderId = await placeSale(seller.shop, 10_000);
    await seller.pay({ reference: orderId, amount: 60 });
    const second = await seller.pay({ reference: orderId, amount: 60 });
    await expectPaid(orderId, 10_000, 2);
    const payment = await seller.until(attempt(second), (body) => 'appliedMinor' in body);
    expect(payment).toMatchObject({ appliedMinor: 4_000, excessMinor: 2_000 });
  });

  it('that comes before its order is kept, and applied when the order is there', async () => {
    await seller.connect();
    const id = await seller.pay({ reference: await orderIdOf('till-7'), amount: 7 });
    const early = await seller.untilFirst(noticesAbout(id), ({ status }) => status === 'waiting');
    expect(early).toMatchObject({ code: 'order_unknown', attempts: 1 });
    expect((await seller.shop.get('/payment-attempts')).body['items']).toEqual([]);
    const placed = await seller.shop.post('/orders', saleOf(700), { key: 'till-7' });
    await expectPaid(String(placed.body['orderId']), 700);
    const notice = await seller.untilFirst(noticesAbout(id), decided);
    expect(notice).toMatchObject({ effect: 'payment_recorded' });
  });

  it('that is older than the read of the provider waits for it', async () => {
    await seller.connect();
    const orderId = await placeSale(seller.shop, 500);
    await seller.faults([{ kind: 'stale', method: 'GET' }]);
    const id = await seller.pay({ reference: orderId, amount: 5 });
    const early = await seller.untilFirst(
      noticesAbout(id),
      ({ status }) => status === 'waiting',
      0,
    );
    expect(early).toMatchObject({ code: 'not_at_provider' });
    await expectPaid(orderId, 500);
  });

  it('of a payment in review leads to money only when the provider approves it', async () => {
    await seller.connect();
    const orderId = await placeSale(seller.shop, 500);
    const id = await seller.pay({ reference: orderId, amount: 5, token: 'CONT' });
    await seller.untilFirst(noticesAbout(id), ({ code }) => code === 'pending');
    expect((await seller.shop.get(`/orders/${orderId}`)).body['paidMinor']).toBe(0);
    await seller.change(id, 'approved');
    await expectPaid(orderId, 500);
    const created = await seller.until(noticesAbout(id), ({ items }) =>
      (items as Record<string, unknown>[]).every(decided),
    );
    const effects = (created['items'] as Record<string, unknown>[]).map(({ effect }) => effect);
    expect(effects.sort()).toEqual(['already_known', 'payment_recorded']);
  });

  it('of a refund at the provider takes the money back from the order', async () => {
    await seller.connect();
    const orderId = await placeSale(seller.shop, 2_000);
    const id = await seller.pay({ reference: orderId, amount: 20 });
    await expectPaid(orderId, 2_000);
    const asked = await seller.shop.post(`${attempt(id)}/refunds`, {
      ...{ amountMinor: 500, reason: 'Cold', currency: 'USD' },
    });
    expect(asked.body).toMatchObject({
      code: 'refund_at_provider',
      details: { provider: 'mercadopago' },
    });
    await seller.atProvider(`/v1/payments/${id}/refunds`, { amount: 5 });
    await seller.simulator.finishWebhooks();
    const payment = await seller.until(attempt(id), (body) => body['refundedMinor'] === 500);
    expect(payment['refunds']).toEqual([]);
    const order = await seller.until(`/orders/${orderId}`, (body) => body['refundedMinor'] === 500);
    expect(order).toMatchObject({ paidMinor: 2_000 });
  });

  it('is parked after its last try, and a person has it carried out', async () => {
    await seller.connect();
    const orderId = await placeSale(seller.shop, 500);
    // Looking after the connection reads as well, so that there are more than the tries need.
    await seller.faults([{ kind: 'status', method: 'GET', status: 500, times: 500 }]);
    const id = await seller.pay({ reference: orderId, amount: 5 });
    const parked = await seller.untilFirst(noticesAbout(id), decided, 10_000);
    expect(parked).toMatchObject({ status: 'parked', attempts: 6 });
    const listed = await seller.shop.get('/webhook-notices?status=parked');
    expect(listed.body['items']).toHaveLength(1);
    await fetch(`${seller.simulator.url}/control/faults`, { method: 'DELETE' });
    const path = `/webhook-notices/${String(parked['webhookId'])}/retry`;
    expect((await seller.shop.post(path, {})).body).toMatchObject({ round: 2 });
    await expectPaid(orderId, 500);
    const again = await seller.shop.post(path, {});
    expect([again.status, again.body['code']]).toEqual([422, 'webhook_not_parked']);
  });

  it('waits while the shop is not connected', async () => {
    const orderId = await placeSale(seller.shop, 500);
    const id = await seller.pay({ reference: orderId, amount: 5 });
    await seller.untilFirst(noticesAbout(id), ({ code }) => code === 'not_connected');
    await seller.connect();
    await expectPaid(orderId, 500);
  });
});

describe('A hint', () => {
  const hint = async (id: string) => {
    const { query, body } = mercadoPagoNotice(id);
    const headers = { 'content-type': 'application/json' };
    const path = `/webhooks/mercadopago/${HIDDEN}${query}`;
    return seller.shop.world.call('POST', path, { key: null, raw: body, headers });
  };

  it('about a payment leads to what the provider itself says', async () => {
    await seller.connect();
    seller.simulator.setWebhooks({ mode: 'never' });
    const orderId = await placeSale(seller.shop, 500);
    const id = await seller.pay({ reference: orderId, amount: 5 });
    await hint(id);
    await expectPaid(orderId, 500);
    const notice = await seller.untilFirst(noticesAbout(id), decided);
    expect(notice).toMatchObject({ isSigned: false, effect: 'payment_recorded' });
  });

  it('about a payment that is none leads to nothing', async () => {
    await seller.connect();
    await hint('999999');
    const notice = await seller.untilFirst(noticesAbout('999999'), decided, 10_000);
    expect(notice).toMatchObject({ status: 'processed', effect: 'not_paid' });
    expect((await seller.shop.get('/payment-attempts')).body['items']).toEqual([]);
  });
});
