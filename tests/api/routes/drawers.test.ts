import { cash, onAccount, openAccount, openShop, placeSale, type Shop } from './support/shop.ts';

let shop: Shop;
let tills = 0;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

async function openDrawer(openingFloatMinor = 5_000, tillId = `till-${++tills}`) {
  const opened = await shop.post('/drawers', { tillId, currency: 'USD', openingFloatMinor });
  expect(opened.status).toBe(201);
  return String(opened.body['drawerId']);
}

const counted = (...denominations: [valueMinor: number, count: number][]) => ({
  denominations: denominations.map(([valueMinor, count]) => ({ valueMinor, count })),
  countedBy: 'Ana',
});

const drawerOf = async (drawerId: string) => (await shop.get(`/drawers/${drawerId}`)).body;

async function sell(totalMinor: number, drawerId: string, more: Record<string, unknown> = {}) {
  const orderId = await placeSale(shop, totalMinor);
  const paid = await shop.post(`/orders/${orderId}/payments`, {
    ...cash(totalMinor),
    drawerId,
    ...more,
  });
  expect(paid.status).toBe(201);
  return orderId;
}

/** Counts what should be there, and closes. */
async function close(drawerId: string, more: Record<string, unknown> = {}) {
  const { expectedMinor } = await drawerOf(drawerId);
  await shop.post(`/drawers/${drawerId}/counts`, counted([Number(expectedMinor), 1]));
  return shop.post(`/drawers/${drawerId}/close`, more);
}

describe('a drawer session over HTTP', () => {
  it('expects 110 after a float of 50 and a sale of 60 paid with 100 (S27)', async () => {
    const drawerId = await openDrawer(5_000);
    await sell(6_000, drawerId, { tenderedMinor: 10_000 });

    expect(await drawerOf(drawerId)).toMatchObject({
      expectedMinor: 11_000,
      cash: { salesMinor: 6_000 },
      methods: [{ method: 'cash', payments: 1, amountMinor: 6_000, tipMinor: 0 }],
    });
    const count = await shop.post(`/drawers/${drawerId}/counts`, counted([5_000, 2], [500, 1]));
    expect(count.body).toMatchObject({ varianceMinor: -500, needsApproval: false });
    const closed = await shop.post(`/drawers/${drawerId}/close`, { closedBy: 'Ana' });
    expect(closed.body).toMatchObject({ status: 'closed', varianceMinor: -500, unfinished: [] });
  });

  it('counts refunds, payouts, account payments and movements, and no card as cash', async () => {
    const drawerId = await openDrawer(5_000);
    const customerId = await openAccount(shop);
    const orderId = await sell(3_000, drawerId);
    await sell(2_000, drawerId, { method: 'credit_card', tipMinor: 100 });
    const more = { currency: 'USD', reason: 'Cold', drawerId };
    await shop.post(`/orders/${orderId}/refunds`, { ...more, amountMinor: 1_000 });
    await shop.post(`/customers/${customerId}/payments`, { ...cash(700), drawerId });
    await shop.post(`/customers/${customerId}/payouts`, { ...more, amountMinor: 200 });
    const move = { currency: 'USD', reason: 'Change' };
    await shop.post(`/drawers/${drawerId}/movements`, {
      ...move,
      direction: 'in',
      amountMinor: 400,
    });
    await shop.post(`/drawers/${drawerId}/movements`, {
      ...move,
      direction: 'out',
      amountMinor: 900,
    });

    expect(await drawerOf(drawerId)).toMatchObject({
      expectedMinor: 5_000 + 3_000 - 1_000 + 700 - 200 + 400 - 900,
      refundedMinor: 1_000,
      cash: {
        salesMinor: 3_000,
        refundsMinor: -1_000,
        accountPaymentsMinor: 700,
        accountPayoutsMinor: -200,
        paidInMinor: 400,
        paidOutMinor: -900,
      },
      methods: [
        { method: 'cash', payments: 1, amountMinor: 3_000, tipMinor: 0 },
        { method: 'credit_card', payments: 1, amountMinor: 2_000, tipMinor: 100 },
      ],
    });
  });

  it('counts a sale on account apart from cash, and once for a repeat', async () => {
    const drawerId = await openDrawer(5_000);
    const customerId = await openAccount(shop);
    const orderId = await placeSale(shop, 2_000);
    const path = `/orders/${orderId}/payments`;
    const part = { method: 'on_account', customerId, currency: 'USD', drawerId };
    const idempotencyKey = `tab-${orderId}`;
    const charge = { ...part, amountMinor: 1_500 };
    for (let i = 0; i < 2; i++) {
      const { status, body } = await shop.post(path, charge, { key: idempotencyKey });
      expect([status, body['dueMinor']]).toEqual([201, 500]);
    }
    expect(await drawerOf(drawerId)).toMatchObject({
      expectedMinor: 5_000,
      cash: { salesMinor: 0 },
      methods: [{ method: 'on_account', payments: 1, amountMinor: 1_500, tipMinor: 0 }],
      unfinished: [{ orderId, dueMinor: 500 }],
    });
    const tooMuch = await shop.post(path, { ...part, amountMinor: 501 });
    expect(tooMuch.body['code']).toBe('payment_exceeds_due');
    await shop.post(path, { ...part, amountMinor: 500 });
    expect(await drawerOf(drawerId)).toMatchObject({
      methods: [{ method: 'on_account', payments: 2, amountMinor: 2_000 }],
      unfinished: [],
    });
    const unknown = await shop.post(path, { ...part, drawerId: 'none', amountMinor: 1 });
    expect([unknown.status, unknown.body['code']]).toEqual([404, 'drawer_not_found']);
  });

  it('refuses a variance above the limit until a manager approves it', async () => {
    const drawerId = await openDrawer(5_000);
    const count = await shop.post(`/drawers/${drawerId}/counts`, counted([4_000, 1]));
    expect(count.body).toMatchObject({ varianceMinor: -1_000, needsApproval: true });
    const refused = await shop.post(`/drawers/${drawerId}/close`, {});
    expect([refused.status, refused.body['code']]).toEqual([422, 'variance_not_approved']);

    const approval = { reason: 'Wrong change', approvedBy: 'Ruth' };
    const path = `/drawers/${drawerId}/approvals`;
    expect((await shop.post(path, approval, { role: 'till' })).status).toBe(403);
    expect((await shop.post(path, approval)).body).toMatchObject({ needsApproval: false });
    const closed = await shop.post(`/drawers/${drawerId}/close`, {});
    expect(closed.body).toMatchObject({ status: 'closed', approvedBy: 'Ruth' });
  });

  it('asks for a new count when cash has moved since the last one', async () => {
    const drawerId = await openDrawer(100);
    await shop.post(`/drawers/${drawerId}/counts`, counted([100, 1]));
    await sell(300, drawerId, { method: 'credit_card' });
    expect(await drawerOf(drawerId)).toMatchObject({ count: { outdated: false } });
    await sell(200, drawerId);
    const refused = await shop.post(`/drawers/${drawerId}/close`, {});
    expect([refused.status, refused.body['code']]).toEqual([422, 'drawer_not_counted']);
    expect((await close(drawerId)).status).toBe(200);
  });

  it('closes once with an unfinished sale, and lists it apart (S26)', async () => {
    const drawerId = await openDrawer(0);
    const orderId = await placeSale(shop, 1_000);
    await shop.post(`/orders/${orderId}/payments`, { ...cash(400), drawerId });
    const parked = await placeSale(shop, 700);
    const { expectedMinor } = await drawerOf(drawerId);
    await shop.post(`/drawers/${drawerId}/counts`, counted([Number(expectedMinor), 1]));
    const path = `/drawers/${drawerId}/close`;
    const body = { unfinishedOrderIds: [parked, orderId] };
    const first = await shop.post(path, body, { key: 'close-it' });
    const again = await shop.post(path, body, { key: 'close-it' });
    const other = await shop.post(path, {});

    expect(first.body).toMatchObject({ status: 'closed', expectedMinor: 400 });
    expect(again.body).toEqual(first.body);
    expect([other.status, other.body['code']]).toEqual([422, 'drawer_closed']);
    expect((await drawerOf(drawerId))['close']).toMatchObject({
      unfinished: [
        { orderId, dueMinor: 600 },
        { orderId: parked, dueMinor: null },
      ],
    });
  });

  it('corrects a close by later facts, and never edits it', async () => {
    const drawerId = await openDrawer(0);
    const orderId = await placeSale(shop, 1_000);
    await shop.post(`/orders/${orderId}/payments`, { ...cash(400), drawerId });
    await close(drawerId);
    const before = await drawerOf(drawerId);
    await shop.post(`/orders/${orderId}/payments`, { ...cash(600), drawerId });
    const adjusted = await shop.post(`/drawers/${drawerId}/corrections`, {
      cashMinor: -50,
      currency: 'USD',
      reason: 'Delivery paid in cash',
      approvedBy: 'Ruth',
    });
    expect(adjusted.body).toMatchObject({ status: 'closed', expectedMinor: 950 });

    const after = await drawerOf(drawerId);
    expect(after['close']).toEqual(before['close']);
    expect([after['cash'], after['methods']]).toEqual([before['cash'], before['methods']]);
    expect(after).toMatchObject({
      expectedMinor: 950,
      unfinished: [],
      corrections: {
        count: 2,
        cashMinor: 550,
        last: [
          { kind: 'sale', orderId, cashMinor: 600 },
          { kind: 'adjustment', cashMinor: -50, approvedBy: 'Ruth' },
        ],
      },
    });
  });

  it('opens one session of a till when two are asked for at once', async () => {
    const body = { tillId: 'till-of-two', currency: 'USD', openingFloatMinor: 1 };
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => shop.post('/drawers', body, { key: `at-once-${i}` })),
    );
    const opened = answers.filter(({ status }) => status === 201);
    expect(opened).toHaveLength(1);
    const codes = new Set(answers.map(({ body: answer }) => answer['code']));
    expect(codes).toEqual(new Set([undefined, 'drawer_in_use']));
    const { body: found } = await shop.get('/drawers?tillId=till-of-two&status=open');
    expect(found['items']).toHaveLength(1);
    const [first] = opened;
    if (!first) throw new Error('expected an open session');
    // A repeat of the request that opened it gets its first response.
    const again = answers.indexOf(first);
    const repeat = await shop.post('/drawers', body, { key: `at-once-${again}` });
    expect([repeat.status, repeat.body['drawerId']]).toEqual([201, first.body['drawerId']]);
    const elsewhere = await shop.post('/drawers', body, { store: 'b' });
    expect(elsewhere.status).toBe(201);
  });

  it('refuses a second open session of a till, by name', async () => {
    const drawerId = await openDrawer(100, 'till-of-one');
    await shop.get('/drawers');
    const body = { tillId: 'till-of-one', currency: 'USD', openingFloatMinor: 1 };
    const second = await shop.post('/drawers', body, { key: 'second' });
    expect([second.status, second.body['code']]).toEqual([409, 'drawer_in_use']);
    expect(second.body['detail']).toContain(drawerId);
    await close(drawerId);
    await shop.get('/drawers');
    expect((await shop.post('/drawers', body, { key: 'second' })).status).toBe(201);
  });

  it('keeps a till free after an opening with a mistyped currency', async () => {
    const opening = { tillId: `till-${++tills}`, currency: 'USD', openingFloatMinor: 5_000 };
    const refused = await shop.post('/drawers', { ...opening, currency: 'QQQ' });
    expect([refused.status, refused.body['code']]).toEqual([400, 'unknown_currency']);
    const opened = await shop.post('/drawers', opening);
    expect(opened.status).toBe(201);
    expect((await shop.post('/drawers', opening)).body['code']).toBe('drawer_in_use');
  });

  it('records a payment once, however often it is sent, and nothing for an unknown session', async () => {
    const drawerId = await openDrawer(0);
    const orderId = await placeSale(shop, 500);
    const path = `/orders/${orderId}/payments`;
    const unknown = await shop.post(path, { ...cash(500), drawerId: 'no-drawer' });
    expect([unknown.status, unknown.body['code']]).toEqual([404, 'drawer_not_found']);
    const first = await shop.post(path, { ...cash(500), drawerId }, { key: 'once' });
    const again = await shop.post(path, { ...cash(500), drawerId }, { key: 'once' });

    expect(again.body).toEqual(first.body);
    expect(await drawerOf(drawerId)).toMatchObject({ expectedMinor: 500 });
    const onTab = await shop.post(path, { ...onAccount(1, 'x'), drawerId });
    expect([onTab.status, onTab.body['code']]).toEqual([404, 'account_not_found']);
    expect(await drawerOf(drawerId)).toMatchObject({ expectedMinor: 500 });
  });

  it('shows the entry at the position of the payment', async () => {
    const drawerId = await openDrawer(0);
    const orderId = await placeSale(shop, 500);
    const paid = await shop.post(`/orders/${orderId}/payments`, { ...cash(500), drawerId });
    const { text } = await shop.world.call('GET', `/drawers/${drawerId}`, {
      headers: { 'Tillstream-Position': String(paid.body['position']) },
    });
    expect(JSON.parse(text)).toMatchObject({ expectedMinor: 500 });
  });
});

describe('the X and the Z report', () => {
  it('have the figures of the session, and of its close for ever', async () => {
    const drawerId = await openDrawer(5_000);
    await sell(6_000, drawerId, { tenderedMinor: 10_000 });
    const x = await shop.get(`/drawers/${drawerId}/report`);
    expect(x.body).toMatchObject({
      kind: 'X',
      expectedMinor: 11_000,
      sales: { payments: 1, netMinor: 6_000 },
    });
    await close(drawerId, { closedBy: 'Ana' });
    await sell(100, drawerId);
    const z = await shop.get(`/drawers/${drawerId}/report`);
    expect(z.body).toMatchObject({
      kind: 'Z',
      expectedMinor: 11_000,
      varianceMinor: 0,
      sales: { payments: 1, netMinor: 6_000 },
      corrections: { count: 1, cashMinor: 100 },
      correctedExpectedMinor: 11_100,
      correctedVarianceMinor: -100,
    });
  });

  it('print as text of the width of the paper', async () => {
    const drawerId = await openDrawer(5_000, 'counter');
    await sell(6_000, drawerId);
    const printed = await shop.get(`/drawers/${drawerId}/report/text?width=32`);
    const lines = printed.text.split('\n');

    expect(printed.status).toBe(200);
    expect(printed.text).toMatch(/^ {12}X REPORT\nTill +counter\n/);
    expect(lines).toContain('1 x cash               60.00 USD');
    expect(lines).toContain('Expected cash         110.00 USD');
    expect(Math.max(...lines.map((line) => line.length))).toBe(32);
    expect((await shop.get(`/drawers/${drawerId}/report/text?width=3`)).status).toBe(400);
  });
});
