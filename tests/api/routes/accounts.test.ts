import { createHash } from 'node:crypto';

import { cash, onAccount, openAccount, openShop, placeSale, type Shop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

describe('sales on account over HTTP', () => {
  it('repays a credit sale in two parts and counts it as one sale (S29)', async () => {
    const mine = await openShop();
    try {
      const customerId = await openAccount(mine);
      const orderId = await placeSale(mine, 185);
      const sold = await mine.post(`/orders/${orderId}/payments`, onAccount(185, customerId));
      expect(sold.status).toBe(201);
      expect(sold.body).toMatchObject({
        status: 'CONFIRMED',
        dueMinor: 0,
        payment: { method: 'on_account', amountMinor: 185, customerId },
      });
      await mine.post(`/customers/${customerId}/payments`, cash(100));
      const second = await mine.post(`/customers/${customerId}/payments`, cash(85));
      expect(second.body).toMatchObject({ balanceMinor: 0, payment: { creditMinor: 0 } });

      const order = await mine.get(`/orders/${orderId}`);
      expect(order.body).toMatchObject({ paidMinor: 185, dueMinor: 0, status: 'CONFIRMED' });
      const report = await mine.get('/reports/daily-sales');
      const [day] = report.body['items'] as { currencies: Record<string, unknown> }[];
      expect(day?.currencies['USD']).toMatchObject({
        sales: { orders: 1, totalMinor: 185 },
        taken: { on_account: { count: 1, amountMinor: 185 } },
        repaid: { cash: { count: 2, amountMinor: 185 } },
      });
    } finally {
      await mine.stop();
    }
  });

  it('sends a return of a credit sale to the account, and at most the cash there was (S30)', async () => {
    const customerId = await openAccount(shop);
    const orderId = await placeSale(shop, 100);
    await shop.post(`/orders/${orderId}/payments`, cash(30));
    await shop.post(`/orders/${orderId}/payments`, onAccount(70, customerId));
    const back = await shop.post(`/orders/${orderId}/refunds`, {
      amountMinor: 80,
      toAccountMinor: 80,
      reason: 'Spoiled',
      currency: 'USD',
    });
    expect(back.status).toBe(201);
    expect(back.body).toMatchObject({ refundedMinor: 80, refund: { toAccountMinor: 80 } });
    const account = await shop.get(`/customers/${customerId}`);
    expect(account.body).toMatchObject({ balanceMinor: -10, owedMinor: 0, creditMinor: 10 });
    const again = await shop.post(`/orders/${orderId}/refunds`, {
      amountMinor: 20,
      toCashMinor: 30,
      reason: 'Spoiled',
      currency: 'USD',
    });
    expect(again.status).toBe(422);
  });

  it('lets at most the cash that came in leave as cash (S30)', async () => {
    const customerId = await openAccount(shop);
    const orderId = await placeSale(shop, 100);
    await shop.post(`/orders/${orderId}/payments`, cash(30));
    await shop.post(`/orders/${orderId}/payments`, onAccount(70, customerId));
    const refund = { amountMinor: 80, reason: 'Spoiled', currency: 'USD' };
    const path = `/orders/${orderId}/refunds`;
    const tooMuch = await shop.post(path, { ...refund, toCashMinor: 31 });
    expect(tooMuch.status).toBe(422);
    expect(tooMuch.body).toMatchObject({ code: 'refund_exceeds_tender' });
    const most = await shop.post(path, { ...refund, toCashMinor: 30, toAccountMinor: 50 });
    expect(most.status).toBe(201);
    const second = await shop.post(path, { ...refund, amountMinor: 20, toCashMinor: 20 });
    expect(second.body).toMatchObject({ code: 'refund_exceeds_tender' });
    const account = await shop.get(`/customers/${customerId}`);
    expect(account.body).toMatchObject({ balanceMinor: 20 });
  });

  it('keeps a sale refused by the limit refused after the customer has paid (S12)', async () => {
    const customerId = await openAccount(shop, { creditLimitMinor: 100 });
    await shop.post(`/customers/${customerId}/debts`, { amountMinor: 90, currency: 'USD' });
    const orderId = await placeSale(shop, 20);
    const path = `/orders/${orderId}/payments`;
    const refused = await shop.post(path, onAccount(20, customerId), { key: 's12' });
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ code: 'credit_limit_exceeded' });
    const order = await shop.get(`/orders/${orderId}`);
    expect(order.body).toMatchObject({ paidMinor: 0, dueMinor: 20, pendingMinor: 0 });

    await shop.post(`/customers/${customerId}/payments`, cash(90));
    const retried = await shop.post(path, onAccount(20, customerId), { key: 's12' });
    expect(retried.status).toBe(422);
    expect(retried.body['code']).toBe('credit_limit_exceeded');
    expect(retried.body['details']).toEqual(refused.body['details']);
    const anew = await shop.post(path, onAccount(20, customerId));
    expect(anew.status).toBe(201);
    const account = await shop.get(`/customers/${customerId}`);
    expect(account.body).toMatchObject({ balanceMinor: 20 });
  });

  it('answers a charge to an account that there is not with 404, and records nothing', async () => {
    const orderId = await placeSale(shop, 20);
    const path = `/orders/${orderId}/payments`;
    const before = await shop.world.log.head();
    const first = await shop.post(path, onAccount(20, 'no-customer'), { key: 'to-no-customer' });
    expect(first.status).toBe(404);
    expect(first.body).toMatchObject({ code: 'account_not_found' });
    expect(await shop.world.log.head()).toEqual(before);
    const paid = await shop.post(path, cash(20));
    expect(paid.body).toMatchObject({ status: 'CONFIRMED', dueMinor: 0 });
  });

  it('takes the same charge with the same key once the customer has an account', async () => {
    const orderId = await placeSale(shop, 20);
    const id = createHash('sha256').update('a\nopenAccount\nopened-later').digest('hex');
    const customerId = id.slice(0, 32);
    const charge = () =>
      shop.post(`/orders/${orderId}/payments`, onAccount(20, customerId), { key: 'too-early' });
    expect((await charge()).status).toBe(404);
    const account = { currency: 'USD', name: 'Late' };
    const opened = await shop.post('/customers', account, { key: 'opened-later' });
    expect(opened.body['customerId']).toBe(customerId);
    const charged = await charge();
    expect(charged).toMatchObject({ status: 201, body: { status: 'CONFIRMED', dueMinor: 0 } });
    expect((await charge()).body).toEqual(charged.body);
  });

  it('takes one key for two orders on one account as two sales', async () => {
    const customerId = await openAccount(shop);
    for (const amount of [40, 60]) {
      const orderId = await placeSale(shop, amount);
      const charge = onAccount(amount, customerId);
      const paid = await shop.post(`/orders/${orderId}/payments`, charge, { key: 'same-key' });
      expect(paid.status).toBe(201);
      const refund = { amountMinor: 10, reason: 'Bad', currency: 'USD' };
      await shop.post(`/orders/${orderId}/refunds`, refund, { key: 'same-refund' });
    }
    const account = await shop.get(`/customers/${customerId}`);
    expect(account.body).toMatchObject({ balanceMinor: 80 });
  });

  it('answers a repeated charge and a repeated refund as the first time', async () => {
    const customerId = await openAccount(shop);
    const orderId = await placeSale(shop, 100);
    const pay = () =>
      shop.post(`/orders/${orderId}/payments`, onAccount(100, customerId), { key: 'charge-1' });
    const giveBack = () =>
      shop.post(
        `/orders/${orderId}/refunds`,
        { amountMinor: 40, reason: 'Bad', currency: 'USD' },
        { key: 'refund-1' },
      );
    const [paid, refunded] = [await pay(), await giveBack()];
    expect(await pay()).toMatchObject({ status: 201, body: paid.body });
    expect(await giveBack()).toMatchObject({ status: 201, body: refunded.body });
    const account = await shop.get(`/customers/${customerId}`);
    expect(account.body).toMatchObject({ balanceMinor: 60 });
  });

  it('refuses a key too long to make further ids from', async () => {
    const orderId = await placeSale(shop, 100);
    const charge = onAccount(100, 'someone');
    const key = 'k'.repeat(121);
    const refused = await shop.post(`/orders/${orderId}/payments`, charge, { key });
    expect(refused.status).toBe(400);
    const order = await shop.get(`/orders/${orderId}`);
    expect(order.body).toMatchObject({ pendingMinor: 0, revision: 0 });
  });
});

describe('customer accounts over HTTP', () => {
  it('pays the oldest debts first, to the cent, and shows it on the statement', async () => {
    const customerId = await openAccount(shop);
    for (const amountMinor of [1000, 2000, 3000]) {
      await shop.post(`/customers/${customerId}/debts`, { amountMinor, currency: 'USD' });
    }
    const paid = await shop.post(
      `/customers/${customerId}/payments`,
      cash(2500, { tenderedMinor: 3000 }),
    );
    expect(paid.status).toBe(201);
    const payment = paid.body['payment'] as { allocations: { amountMinor: number }[] };
    expect(payment).toMatchObject({ changeMinor: 500, policy: 'fifo', creditMinor: 0 });
    expect(payment.allocations.map(({ amountMinor }) => amountMinor)).toEqual([1000, 1500]);

    const statement = await shop.get(`/customers/${customerId}/statement`);
    const balances = (statement.body['items'] as { balanceMinor: number }[]).map(
      ({ balanceMinor }) => balanceMinor,
    );
    expect(balances).toEqual([1000, 3000, 6000, 3500]);
    const open = await shop.get(`/debts?customerId=${customerId}&status=open`);
    const remaining = (open.body['items'] as { remainingMinor: number }[]).map(
      ({ remainingMinor }) => remainingMinor,
    );
    expect(remaining).toEqual([500, 3000]);
    const payments = await shop.get(`/payments?customerId=${customerId}`);
    expect(payments.body['items']).toHaveLength(1);
  });

  it('takes payments as allocated by hand, with a reason', async () => {
    const customerId = await openAccount(shop);
    const debtIds: string[] = [];
    for (const amountMinor of [1000, 2000]) {
      const body = { amountMinor, currency: 'USD' };
      const opened = await shop.post(`/customers/${customerId}/debts`, body);
      debtIds.push((opened.body['debt'] as { debtId: string }).debtId);
    }
    const allocations = [{ debtId: debtIds[1], amountMinor: 1500 }];
    const path = `/customers/${customerId}/payments`;
    const paid = await shop.post(path, cash(1600, { allocations, reason: 'As agreed' }));
    expect(paid.body).toMatchObject({
      payment: { policy: 'manual', creditMinor: 100 },
      owedMinor: 1500,
      balanceMinor: 1400,
    });
    const used = await shop.post(`/customers/${customerId}/credit-allocations`, {});
    expect(used.body).toMatchObject({ amountMinor: 100, owedMinor: 1400, creditMinor: 0 });
  });

  it('ages open debts as of a day', async () => {
    const customerId = await openAccount(shop);
    const debt = { amountMinor: 700, currency: 'USD', dueDate: '2030-01-01' };
    await shop.post(`/customers/${customerId}/debts`, debt);
    const early = await shop.get(`/customers/${customerId}?asOf=2030-01-31`);
    expect(early.body['ageing']).toMatchObject({ days0To30Minor: 700, days31To60Minor: 0 });
    const late = await shop.get(`/customers/${customerId}?asOf=2030-02-01`);
    expect(late.body['ageing']).toMatchObject({ days0To30Minor: 0, days31To60Minor: 700 });
  });

  it('pays out no more cash than came in, and keeps terms and write-offs from tills', async () => {
    const customerId = await openAccount(shop);
    await shop.post(`/customers/${customerId}/payments`, cash(500));
    const payout = { amountMinor: 501, currency: 'USD', reason: 'Leaves' };
    const path = `/customers/${customerId}/payouts`;
    expect((await shop.post(path, payout)).body).toMatchObject({
      code: 'payout_exceeds_refundable',
    });
    const paidOut = await shop.post(path, { ...payout, amountMinor: 500 });
    expect(paidOut.body).toMatchObject({ payout: { amountMinor: 500 }, balanceMinor: 0 });

    const debtPath = `/customers/${customerId}/debts`;
    const opened = await shop.post(debtPath, { amountMinor: 300, currency: 'USD' });
    const { debtId } = opened.body['debt'] as { debtId: string };
    const writeOff = { reason: 'Moved', approvedBy: 'Ana' };
    const offPath = `${debtPath}/${debtId}/write-off`;
    const termsPath = `/customers/${customerId}/terms`;
    const till = { role: 'till' } as const;
    expect((await shop.post(offPath, writeOff, till)).status).toBe(403);
    expect((await shop.put(termsPath, { creditLimitMinor: 1 }, till)).status).toBe(403);
    const opening = { amountMinor: 1, currency: 'USD', kind: 'opening' };
    expect((await shop.post(debtPath, opening, till)).status).toBe(403);
    const off = await shop.post(offPath, writeOff);
    expect(off.body).toMatchObject({ writeOff: { remainingMinor: 0 }, balanceMinor: 0 });
    const terms = await shop.put(termsPath, { creditLimitMinor: null });
    expect(terms.body).toMatchObject({ creditLimitMinor: null, blockWhenOverdue: false });
  });
});
