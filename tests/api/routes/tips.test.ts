import { cash, onAccount, openAccount, openShop, placeSale, type Shop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

async function openDrawer(tillId: string) {
  const body = { tillId, currency: 'USD', openingFloatMinor: 5_000 };
  const opened = await shop.post('/drawers', body);
  expect(opened.status).toBe(201);
  return String(opened.body['drawerId']);
}

async function sell(totalMinor: number, payment: Record<string, unknown> = {}) {
  const orderId = await placeSale(shop, totalMinor);
  const paid = await shop.post(`/orders/${orderId}/payments`, { ...cash(totalMinor), ...payment });
  expect(paid.status).toBe(201);
  const { paymentId } = paid.body['payment'] as { paymentId: string };
  return { orderId, paymentId, businessDay: String(paid.body['businessDay']) };
}

const tip = (paymentId: string, tipMinor: number, more: Record<string, unknown> = {}) => ({
  paymentId,
  tipMinor,
  currency: 'USD',
  ...more,
});

async function taken(day: string): Promise<unknown> {
  const report = await shop.get(`/reports/daily-sales?from=${day}&to=${day}`);
  const [item] = report.body['items'] as { currencies: { USD: Record<string, unknown> } }[];
  return item?.currencies.USD;
}

describe('a tip that is changed after its payment, over HTTP', () => {
  it('changes the order, its payment, the report of the day and the history alike', async () => {
    const { orderId, paymentId, businessDay } = await sell(2_000, { method: 'credit_card' });
    const before = (await taken(businessDay)) as { sales: { totalMinor: number } };
    const path = `/orders/${orderId}/tips`;
    const first = await shop.post(path, tip(paymentId, 300), { key: 'tip-of-the-slip' });
    expect(first).toMatchObject({
      status: 201,
      body: { totals: { tipMinor: 300, totalMinor: 2_300 }, paidMinor: 2_300, dueMinor: 0 },
    });
    const second = await shop.post(path, tip(paymentId, 250, { reason: 'Read wrongly' }));
    expect(second.body).toMatchObject({ totals: { tipMinor: 250, totalMinor: 2_250 } });
    // A repeat of the first one changes nothing any more.
    const again = await shop.post(path, tip(paymentId, 300), { key: 'tip-of-the-slip' });
    expect(again.body).toEqual(first.body);

    const order = await shop.get(`/orders/${orderId}`);
    expect(order.body).toMatchObject({
      totals: { totalMinor: 2_250 },
      paidMinor: 2_250,
      payments: [{ paymentId, tipMinor: 250, amountMinor: 2_000 }],
    });
    const payment = await shop.get(`/payments/${encodeURIComponent(paymentId)}`);
    expect(payment.body).toMatchObject({ tipMinor: 250, amountMinor: 2_000 });
    const after = await taken(businessDay);
    expect(after).toMatchObject({
      sales: { totalMinor: before.sales.totalMinor + 250, tipMinor: 250 },
      taken: { credit_card: { count: 1, amountMinor: 2_000, tipMinor: 250 } },
    });
    const history = await shop.get(`/orders/${orderId}/history`);
    expect(JSON.stringify(history.body)).toContain(
      'Changed the tip paid by credit card from 3.00 USD to 2.50 USD: Read wrongly',
    );
  });

  it('moves the cash of the drawer session of the payment, also after its close', async () => {
    const drawerId = await openDrawer('till-of-tips');
    const sale = await sell(1_000, { drawerId, tenderedMinor: 1_200 });
    const tipped = await shop.post(`/orders/${sale.orderId}/tips`, tip(sale.paymentId, 150));
    expect(tipped.status).toBe(201);
    expect((await shop.get(`/drawers/${drawerId}`)).body).toMatchObject({
      expectedMinor: 6_150,
      cash: { salesMinor: 1_150 },
      methods: [{ method: 'cash', payments: 1, amountMinor: 1_000, tipMinor: 150 }],
    });
    expect((await shop.get(`/orders/${sale.orderId}`)).body).toMatchObject({
      payments: [{ tenderedMinor: 1_200, changeMinor: 50 }],
    });
    const denominations = [{ valueMinor: 6_150, count: 1 }];
    await shop.post(`/drawers/${drawerId}/counts`, { denominations });
    expect((await shop.post(`/drawers/${drawerId}/close`, {})).status).toBe(200);

    const lower = tip(sale.paymentId, 100, { reason: 'Given back' });
    await shop.post(`/orders/${sale.orderId}/tips`, lower);
    expect((await shop.get(`/drawers/${drawerId}`)).body).toMatchObject({
      expectedMinor: 6_100,
      close: { expectedMinor: 6_150, varianceMinor: 0 },
      corrections: { count: 1, cashMinor: -50, last: [{ kind: 'tip', tipMinor: -50 }] },
    });
  });

  it('is refused for payments whose tip is not decided here', async () => {
    const placed = await placeSale(shop, 1_000);
    const requested = await shop.post('/payment-attempts', {
      orderId: placed,
      method: 'credit_card',
      amountMinor: 1_000,
      currency: 'USD',
    });
    const attemptId = String(requested.body['paymentId']);
    const provider = await shop.post(`/orders/${placed}/tips`, tip(attemptId, 100));
    expect(provider).toMatchObject({ status: 422, body: { code: 'tip_not_adjustable' } });

    const customerId = await openAccount(shop);
    const { orderId } = await sell(500);
    const other = await placeSale(shop, 700);
    const charged = await shop.post(`/orders/${other}/payments`, onAccount(700, customerId));
    const { paymentId } = charged.body['payment'] as { paymentId: string };
    const account = await shop.post(`/orders/${other}/tips`, tip(paymentId, 100));
    expect(account.body).toMatchObject({ code: 'tip_not_adjustable' });
    const unknown = await shop.post(`/orders/${orderId}/tips`, tip(paymentId, 100));
    expect(unknown).toMatchObject({ status: 404, body: { code: 'payment_not_found' } });
    const noOrder = await shop.post('/orders/none/tips', tip(paymentId, 100));
    expect(noOrder).toMatchObject({ status: 404, body: { code: 'order_not_found' } });
  });
});
