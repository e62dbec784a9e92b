import { type ConnectedShop, openConnectedShop } from './support/connected-shop.ts';
import { placeSale } from './support/shop.ts';

let seller: ConnectedShop;
beforeEach(async () => {
  seller = await openConnectedShop();
  await seller.connect();
});
afterEach(() => seller.stop());

const attempt = (id: string) => `/payment-attempts/mercadopago-${id}`;
const isApplied = (body: Record<string, unknown>) => 'appliedMinor' in body;

async function request(orderId: string, amountMinor: number): Promise<string> {
  const body = { orderId, provider: 'mercadopago', amountMinor, currency: 'USD', title: 'Table 4' };
  const requested = await seller.shop.post('/checkouts', body);
  expect([requested.status, requested.body['status']]).toEqual([202, 'requested']);
  return String(requested.body['checkoutId']);
}

async function open(orderId: string, amountMinor: number) {
  const id = await request(orderId, amountMinor);
  const page = await seller.until(`/checkouts/${id}`, ({ status }) => status === 'open');
  return { id, url: String(page['url']) };
}

const preferences = async () => {
  const response = await fetch(`${seller.simulator.url}/control/state`);
  return ((await response.json()) as { preferences: Record<string, unknown>[] }).preferences;
};

const returned = (id: string, query = '') =>
  seller.shop.world.call('GET', `/checkout-returns/a/${id}${query}`, { key: null });

describe('A checkout', () => {
  it('has a page at the provider, which knows where to report and to return', async () => {
    const orderId = await placeSale(seller.shop, 1_234);
    const { id } = await open(orderId, 1_234);
    const [preference] = await preferences();
    expect(preference).toMatchObject({
      ...{ external_reference: id, items: [{ title: 'Table 4', quantity: 1, unit_price: 12.34 }] },
      notification_url: 'https://shop.example.org/webhooks/mercadopago/main',
      back_urls: { success: `https://shop.example.org/checkout-returns/a/${id}` },
      auto_return: 'approved',
    });
    const listed = await seller.shop.get(`/checkouts?orderId=${orderId}`);
    expect(listed.body['items']).toMatchObject([{ checkoutId: id, orderId, status: 'open' }]);
    expect((await seller.shop.get(`/checkouts/${id}`, { store: 'b' })).status).toBe(404);
  });

  it('has one page, though the response of the provider was lost', async () => {
    await seller.faults([{ kind: 'lost-after', method: 'POST', path: '/checkout/preferences' }]);
    await open(await placeSale(seller.shop, 500), 500);
    expect(await preferences()).toHaveLength(1);
  });

  it('that the provider refuses shows why', async () => {
    const orderId = await placeSale(seller.shop, 500);
    await seller.faults([{ kind: 'status', status: 400, method: 'POST' }]);
    const id = await request(orderId, 500);
    const failed = await seller.until(`/checkouts/${id}`, ({ status }) => status === 'failed');
    expect(failed).toMatchObject({ code: 'bad_request' });
    expect((await seller.shop.get('/checkouts/none')).body['code']).toBe('checkout_not_found');
    const wrong = { orderId, provider: 'mercadopago', amountMinor: 1, currency: 'EUR', title: 'x' };
    expect((await seller.shop.post('/checkouts', wrong)).body['code']).toBe('currency_mismatch');
  });
});

describe('S35: several payers on one code', () => {
  it('pay in the order in which they came; what is too much is visible and goes back', async () => {
    const orderId = await placeSale(seller.shop, 10_000);
    const { url } = await open(orderId, 10_000);
    const [first, second] = [await seller.payAt(url, 60), await seller.payAt(url, 60)];
    // No webhook reaches the public address of the tests: the search finds both payments.
    await seller.until(attempt(second), isApplied, 30_000);
    const both = [await seller.shop.get(attempt(first)), await seller.shop.get(attempt(second))];
    const taken = both.map(({ body }) => Number(body['appliedMinor']));
    expect(taken.sort()).toEqual([4_000, 6_000]);
    const excess = both.map(({ body }) => Number(body['excessMinor']));
    expect(excess.sort()).toEqual([0, 2_000]);
    const order = await seller.shop.get(`/orders/${orderId}`);
    expect(order.body).toMatchObject({ status: 'CONFIRMED', paidMinor: 10_000, dueMinor: 0 });
  });
});

describe('S32: the redirect comes first', () => {
  it('and leads to a look-up, whatever its address says', async () => {
    const orderId = await placeSale(seller.shop, 500);
    const { id, url } = await open(orderId, 500);
    expect((await returned(id, '?status=approved&payment_id=999')).text).toContain('en proceso');
    const paid = await seller.payAt(url);
    const page = await returned(id, `?payment_id=${paid}&status=rejected`);
    expect([page.status, page.headers.get('content-type')]).toEqual([
      ...[200, 'text/html; charset=utf-8'],
    ]);
    await seller.until(attempt(paid), isApplied);
    expect((await returned(id)).text).toContain('Pago recibido');
    const { body } = await seller.shop.get(`/payments?orderId=${orderId}`);
    expect(body['items']).toHaveLength(1);
    expect((await returned('none')).status).toBe(404);
    const elsewhere = `/checkout-returns/b/${id}`;
    const other = await seller.shop.world.call('GET', elsewhere, { key: null });
    expect(other.status).toBe(404);
  });
});

describe('S33: the notice never comes', () => {
  it('and three paid orders are found by asking the provider', async () => {
    seller.simulator.setWebhooks({ mode: 'never' });
    const orders = [500, 600, 700];
    const paid: [string, string, number][] = [];
    for (const amountMinor of orders) {
      const orderId = await placeSale(seller.shop, amountMinor);
      const id = await seller.pay({ reference: orderId, amount: amountMinor / 100 });
      paid.push([orderId, id, amountMinor]);
    }
    for (const [orderId, id, amountMinor] of paid) {
      const payment = await seller.until(attempt(id), isApplied, 30_000);
      expect(payment).toMatchObject({ orderId, appliedMinor: amountMinor, excessMinor: 0 });
      const { body } = await seller.shop.get(`/webhook-notices?entityId=${id}`);
      expect(body['items']).toMatchObject([{ app: 'search', effect: 'payment_recorded' }]);
    }
    // Further searches find nothing new.
    await seller.clock.advance(900_000);
    const { body } = await seller.shop.get('/webhook-notices?limit=100');
    expect(body['items']).toHaveLength(3);
  });
});
