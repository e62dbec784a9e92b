import { openProvider, type SimulatedProvider } from '../../support/payments.ts';
import { cash, openAccount, openShop, type Shop } from './support/shop.ts';

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

const MAX_READS = 2_000;
let products = 0;

/** A product with so many units on hand. */
async function product(units: number, priceMinor = 350): Promise<string> {
  products += 1;
  const created = await shop.post('/products', {
    name: `Mug ${products}`,
    sku: `MUG-${products}`,
    currency: 'USD',
    priceMinor,
    stockPolicy: 'tracked',
  });
  expect(created.status).toBe(201);
  const id = String(created.body['productId']);
  const filled = await shop.post(`/inventory/${id}/replenishments`, { quantity: units });
  expect(filled.status).toBe(201);
  return id;
}

async function order(
  productId: string,
  quantity: number,
  more: Record<string, unknown> = {},
): Promise<string> {
  const placed = await shop.post('/orders', {
    currency: 'USD',
    lines: [{ productId, quantity: String(quantity) }],
    fulfilment: 'auto',
    ...more,
  });
  expect(placed.status).toBe(202);
  return String(placed.body['orderId']);
}

/** The process of an order, once it has ended. */
async function ended(orderId: string): Promise<Record<string, unknown>> {
  const path = `/processes/${encodeURIComponent(`fulfilment:${orderId}`)}`;
  for (let read = 0; read < MAX_READS; read++) {
    const { status, body } = await shop.get(path);
    if (status === 200 && body['status'] === 'ended') return body;
  }
  throw new Error(`the fulfilment of ${orderId} did not end`);
}

async function stock(productId: string): Promise<readonly [unknown, unknown]> {
  const { body } = await shop.get(`/inventory/${productId}/availability`);
  return [body['onHand'], body['reserved']];
}

describe('the fulfilment of an order over HTTP', () => {
  it('reserves, charges, takes the stock out and confirms', async () => {
    const mug = await product(3);
    const orderId = await order(mug, 2);
    expect(await ended(orderId)).toMatchObject({ stage: 'CONFIRMED', ending: 'completed' });
    expect(await stock(mug)).toEqual([1, 0]);
    const { body } = await shop.get(`/orders/${orderId}`);
    expect(body).toMatchObject({ status: 'CONFIRMED', paidMinor: 700, dueMinor: 0 });
  });

  it('cancels an order of which there is too little, and charges nothing', async () => {
    const mug = await product(1);
    const before = simulated.simulator.payments().length;
    const orderId = await order(mug, 2);
    expect(await ended(orderId)).toMatchObject({ ending: 'compensated' });
    expect(await stock(mug)).toEqual([1, 0]);
    expect((await shop.get(`/orders/${orderId}`)).body).toMatchObject({ status: 'CANCELLED' });
    expect(simulated.simulator.payments()).toHaveLength(before);
  });

  it('puts the stock back when the payment fails for good', async () => {
    const vase = await product(2, 150_000);
    const orderId = await order(vase, 1);
    expect(await ended(orderId)).toMatchObject({ ending: 'compensated' });
    expect(await stock(vase)).toEqual([2, 0]);
    expect((await shop.get(`/orders/${orderId}`)).body).toMatchObject({ status: 'PAYMENT_FAILED' });
  });

  it('sells the last units once under a race', async () => {
    const mug = await product(5);
    const orders = await Promise.all(Array.from({ length: 20 }, () => order(mug, 1)));
    const ends = await Promise.all(orders.map((orderId) => ended(orderId)));
    const completed = ends.filter(({ ending }) => ending === 'completed');
    expect(completed).toHaveLength(5);
    expect(await stock(mug)).toEqual([0, 0]);
  });

  it('charges the account of the customer, and the provider nothing', async () => {
    const mug = await product(3);
    const customerId = await openAccount(shop, { creditLimitMinor: 1_000 });
    const before = simulated.simulator.payments().length;
    const orderId = await order(mug, 2, { customerId, paymentMethod: 'on_account' });
    expect(await ended(orderId)).toMatchObject({ stage: 'CONFIRMED', ending: 'completed' });
    expect(await stock(mug)).toEqual([1, 0]);
    expect((await shop.get(`/orders/${orderId}`)).body).toMatchObject({
      status: 'CONFIRMED',
      payments: [{ method: 'on_account', amountMinor: 700, customerId }],
    });
    const account = await shop.get(`/customers/${customerId}`);
    expect(account.body).toMatchObject({ owedMinor: 700, openDebts: [{ orderId, kind: 'sale' }] });
    expect(simulated.simulator.payments()).toHaveLength(before);
  });

  it('puts the stock back when the limit is reached at the moment of the sale (D3)', async () => {
    const mug = await product(9);
    const customerId = await openAccount(shop, { creditLimitMinor: 1_050 });
    const onAccount = { customerId, paymentMethod: 'on_account' };
    const orders = await Promise.all(Array.from({ length: 5 }, () => order(mug, 1, onAccount)));
    const ends = await Promise.all(orders.map((orderId) => ended(orderId)));
    expect(ends.filter(({ ending }) => ending === 'completed')).toHaveLength(3);
    expect(await stock(mug)).toEqual([6, 0]);
    const account = await shop.get(`/customers/${customerId}`);
    expect(account.body).toMatchObject({ owedMinor: 1_050 });
    const refused = orders[ends.findIndex(({ ending }) => ending === 'compensated')];
    const { body } = await shop.get(`/orders/${refused}`);
    expect(body).toMatchObject({ status: 'PAYMENT_FAILED', pendingMinor: 0, payments: [] });
    expect(body['statusReason']).toContain('within the limit of 1050');
    // What failed can still be paid at the counter.
    const paid = await shop.post(`/orders/${refused}/payments`, cash(350));
    expect(paid.body).toMatchObject({ status: 'CONFIRMED' });
  });

  it('sells nothing on account to a customer with overdue debts, or without an account', async () => {
    const mug = await product(2);
    const customerId = await openAccount(shop, { blockWhenOverdue: true });
    const old = { amountMinor: 100, currency: 'USD', dueDate: '2020-01-01', kind: 'opening' };
    expect((await shop.post(`/customers/${customerId}/debts`, old)).status).toBe(201);
    for (const [id, reason] of [
      [customerId, 'nothing overdue'],
      ['no-such-customer', 'there is no account'],
    ] as const) {
      const orderId = await order(mug, 1, { customerId: id, paymentMethod: 'on_account' });
      expect(await ended(orderId)).toMatchObject({ ending: 'compensated' });
      const { body } = await shop.get(`/orders/${orderId}`);
      expect(body).toMatchObject({ status: 'PAYMENT_FAILED' });
      expect(body['statusReason']).toContain(reason);
    }
    expect(await stock(mug)).toEqual([2, 0]);
  });

  it('refuses an order on account without its customer', async () => {
    const lines = [{ name: 'Mug', quantity: '1', unitPriceMinor: 350 }];
    const body = { currency: 'USD', lines, fulfilment: 'auto', paymentMethod: 'on_account' };
    const refused = await shop.post('/orders', body);
    expect([refused.status, refused.body['code']]).toEqual([400, 'invalid_request']);
  });

  it('refuses a fulfilment of which nothing is to be paid', async () => {
    const lines = [{ name: 'Tap water', quantity: '1', unitPriceMinor: 0 }];
    const refused = await shop.post('/orders', { currency: 'USD', lines, fulfilment: 'auto' });
    expect([refused.status, refused.body['code']]).toEqual([400, 'invalid_request']);
  });

  it('cannot be cancelled once it has ended', async () => {
    const orderId = await order(await product(1), 1);
    await ended(orderId);
    const path = `/processes/${encodeURIComponent(`fulfilment:${orderId}`)}`;
    const cancelled = await shop.post(`${path}/cancel`, undefined);
    expect([cancelled.status, cancelled.body['code']]).toEqual([409, 'process_not_cancellable']);
    const retried = await shop.post(`${path}/retry`, undefined);
    expect([retried.status, retried.body['code']]).toEqual([409, 'process_not_waiting']);
  });
});
