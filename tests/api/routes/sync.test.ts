import { createCalendar } from '../../../src/adapters/system/calendar.ts';
import { createTestDevice, hashed, type SentFact } from '../../support/sync/device.ts';
import { someStore } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

const today = createCalendar(() => [someStore('a')]).businessDay('a', Date.now());
let devices = 0;
function newDevice() {
  devices += 1;
  return createTestDevice(`till-${devices}`, 'epoch1', today);
}

interface Item {
  readonly id?: string;
  readonly status: string;
  readonly first?: string;
  readonly code?: string;
  readonly field?: string;
  readonly flags?: readonly string[];
  readonly blockedBy?: readonly string[];
}
interface Pushed {
  readonly accepted: readonly string[];
  readonly items: readonly Item[];
  readonly kept: { through: number; ranges: readonly (readonly number[])[] };
  readonly epochState: string;
}

async function push(
  device: { deviceId: string; epoch: string },
  facts: readonly unknown[],
  more: Record<string, unknown> = {},
): Promise<Pushed> {
  const { deviceId, epoch } = device;
  const body = { deviceId, epoch, facts, ...more };
  const { status, body: pushed, text } = await shop.post('/sync/push', body, { role: 'till' });
  if (status !== 200) throw new Error(`expected 200, found ${status} ${text}`);
  return pushed as unknown as Pushed;
}

const order = async (orderId: string) => (await shop.get(`/orders/${orderId}`)).body;
const statuses = ({ items }: Pushed) => items.map(({ status }) => status);

async function openDrawer(tillId: string): Promise<string> {
  const opening = { tillId, currency: 'USD', openingFloatMinor: 5_000 };
  return String((await shop.post('/drawers', opening)).body['drawerId']);
}
const expected = async (drawerId: string) =>
  (await shop.get(`/drawers/${drawerId}`)).body['expectedMinor'];

describe('A push of facts', () => {
  it('books a sale with its payment and its cash, once, however often it is sent', async () => {
    const device = newDevice();
    const drawerId = await openDrawer(device.deviceId);
    const payment = { paymentId: 'pay-sale-a1', method: 'cash', amountMinor: 1_250, drawerId };
    const sale = device.sale('sale-a1', 1_250, { payments: [payment] });

    const pushed = await push(device, [sale]);
    const again = await push(device, [sale]);

    expect(pushed).toMatchObject({
      accepted: [sale.id],
      items: [{ id: sale.id, seq: 1, status: 'accepted' }],
      kept: { through: 1, ranges: [] },
    });
    expect(again).toMatchObject({
      accepted: [sale.id],
      items: [{ id: sale.id, seq: 1, status: 'duplicate', first: 'accepted' }],
      kept: { through: 1, ranges: [] },
    });
    expect(await order('sale-a1')).toMatchObject({
      status: 'CONFIRMED',
      dueMinor: 0,
      paidMinor: 1_250,
    });
    expect(await expected(drawerId)).toBe(6_250);
  });

  it('books the sale at the prices of the receipt, whatever the catalogue says', async () => {
    const device = newDevice();
    const product = { name: 'Coffee', sku: `C-${device.deviceId}`, currency: 'USD' };
    const added = await shop.post('/products', { ...product, priceMinor: 999 });
    const productId = String(added.body['productId']);
    const lines = [{ productId, name: 'Old coffee', quantity: '2', unitPriceMinor: 300 }];

    await push(device, [device.sale('sale-price', 600, { lines })]);

    expect((await order('sale-price'))['lines']).toMatchObject([
      { productId, name: 'Old coffee', unitPriceMinor: 300 },
    ]);
  });

  it('acknowledges what is on disk, and is held up neither by a hole nor by a rejected fact', async () => {
    const device = newDevice();
    const [a, bad, c, d] = [
      device.sale('hole-1', 100),
      device.sale('hole-2', 100, { totalMinor: 99 }),
      device.sale('hole-3', 100),
      device.sale('hole-4', 100),
    ] as const;

    const first = await push(device, [d, bad]);
    const second = await push(device, [a]);
    const third = await push(device, [c]);

    expect(statuses(first)).toEqual(['accepted', 'rejected']);
    expect(first.items[1]).toMatchObject({ code: 'total_mismatch' });
    expect(first.kept).toEqual({
      through: 0,
      ranges: [
        [2, 2],
        [4, 4],
      ],
    });
    expect(second.kept).toEqual({ through: 2, ranges: [[4, 4]] });
    expect(third.kept).toEqual({ through: 4, ranges: [] });
    expect((await shop.get('/orders/hole-2')).status).toBe(404);
    const rejected = await shop.get(`/sync/facts?status=rejected&deviceId=${device.deviceId}`);
    expect(rejected.body['items']).toMatchObject([{ factId: bad.id, code: 'total_mismatch' }]);
  });

  it('keeps a rejected fact rejected, and gives its first result for ever', async () => {
    const device = newDevice();
    const bad = device.sale('never', 100, { totalMinor: 1 });

    await push(device, [bad]);
    const again = await push(device, [bad]);

    expect(again.items).toMatchObject([
      { status: 'duplicate', first: 'rejected', code: 'total_mismatch' },
    ]);
  });

  it('keeps both facts with one address, names the fork and books both sales', async () => {
    const device = newDevice();
    const sale = device.sale('fork-1', 100);
    const clone = createTestDevice(device.deviceId, 'epoch1', today);
    const other = hashed({ ...clone.sale('fork-2', 200), id: 'fact-of-the-clone' });

    await push(device, [sale]);
    const forked = await push(device, [other]);
    const again = await push(device, [other, sale]);

    expect(forked).toMatchObject({
      items: [{ status: 'accepted', flags: ['forked'] }],
      epochState: 'unknown',
    });
    expect(statuses(again)).toEqual(['duplicate', 'duplicate']);
    expect(await order('fork-2')).toMatchObject({ paidMinor: 200 });
  });

  it('refuses other content under a known id, which another device sent', async () => {
    const [device, thief] = [newDevice(), newDevice()];
    const sale = device.sale('own-1', 100);
    await push(device, [sale]);
    const stolen = hashed({ ...thief.sale('own-2', 900), id: sale.id });

    const pushed = await push(thief, [stolen]);

    expect(pushed.items).toMatchObject([{ status: 'rejected', code: 'fact_id_reused' }]);
    expect((await shop.get('/orders/own-2')).status).toBe(404);
    const { body } = await shop.get(`/sync/facts/${sale.id}`);
    expect(body).toMatchObject({ status: 'accepted', deviceId: device.deviceId, reuses: 1 });
  });

  it('knows nothing of the facts of another shop, whatever their ids', async () => {
    const device = newDevice();
    const sale = device.sale('both-shops', 100);
    const { deviceId, epoch } = device;
    await push(device, [sale]);

    const body = { deviceId, epoch, facts: [sale] };
    const theirs = await shop.post('/sync/push', body, { role: 'till', store: 'b' });

    expect(theirs.body).toMatchObject({ items: [{ status: 'accepted' }] });
    const { body: listed } = await shop.get('/sync/facts', { store: 'b' });
    expect(listed['items']).toMatchObject([{ factId: sale.id }]);
  });

  it('takes facts of the device whose token it is, and of no other', async () => {
    const added = await shop.post('/devices', { name: 'bar till', branchId: 'center' });
    const { token, deviceId } = added.body as { token: string; deviceId: string };
    const device = createTestDevice(deviceId, 'epoch1', today);
    const send = (body: object) =>
      shop.world.call('POST', '/sync/push', {
        key: token,
        headers: { 'Tillstream-Branch': 'center' },
        json: body,
      });

    const facts = [device.sale('with-token', 100)];
    const own = await send({ deviceId, epoch: 'epoch1', facts });
    const other = await send({ deviceId: 'till-1', epoch: 'epoch1', facts: [] });

    expect(own).toMatchObject({ status: 200, body: { items: [{ status: 'accepted' }] } });
    expect(other).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('takes facts of older tills, which number nothing, once each by their ids', async () => {
    const items = [{ product_id: 'tea', name: 'Tea', qty: 2, unit_price_minor: 250 }];
    const payload = { sale_id: 'old-till-1', currency: 'USD', items, totals: { total_minor: 500 } };
    const event = {
      ...{ event_id: 'event-of-old-till', type: 'SaleCreated', actor_user_id: 'ana', payload },
      created_at: new Date().toISOString(),
    };
    const body = { store_id: 'a', device_id: 'old-till', events: [event, { event_id: 'x' }] };
    const send = (more: object = {}) => shop.post('/sync/push', { ...body, ...more });

    const first = await send();
    const again = await send();
    const other = await send({ events: [{ ...event, payload: { ...payload, note: 'Other' } }] });
    const foreign = await send({ store_id: 'b' });

    expect(first).toMatchObject({
      status: 200,
      body: {
        accepted: ['event-of-old-till'],
        items: [{ status: 'accepted' }, { status: 'rejected' }],
      },
    });
    expect(first.body['kept']).toBeUndefined();
    expect(again.body).toMatchObject({ items: [{ status: 'duplicate', first: 'accepted' }, {}] });
    expect(other.body).toMatchObject({ items: [{ status: 'rejected', code: 'fact_id_reused' }] });
    expect(foreign.status).toBe(403);
    expect(await order('old-till-1')).toMatchObject({ totals: { totalMinor: 500 } });
  });

  it('answers for each item that is no fact of the device, and keeps it aside', async () => {
    const device = newDevice();
    const good = device.sale('mixed-1', 100);
    const foreign = createTestDevice('till-of-others', 'epoch1', today).sale('mixed-2', 100);
    const broken = { ...device.sale('mixed-3', 100), hash: '0'.repeat(64) };
    const floating = { ...device.sale('mixed-4', 100), extra: 1.5 };

    const pushed = await push(device, [null, { id: 7 }, foreign, broken, floating, good]);

    expect(pushed.items).toMatchObject([
      { status: 'rejected', code: 'invalid_fact' },
      { status: 'rejected', code: 'invalid_fact' },
      { id: foreign.id, status: 'rejected', code: 'foreign_device', field: 'deviceId' },
      { id: broken['id'], status: 'rejected', code: 'hash_mismatch' },
      { status: 'rejected', code: 'invalid_fact', field: 'extra' },
      { id: good.id, status: 'accepted' },
    ]);
    expect(pushed.kept).toEqual({ through: 1, ranges: [] });
    const { body } = await shop.get(`/sync/facts?status=rejected&deviceId=${device.deviceId}`);
    expect(body['items']).toHaveLength(5);
  });

  it('holds what a newer version can read, and never rejects it', async () => {
    const device = newDevice();
    const pushed = await push(device, [
      device.fact('TableMoved', { to: '4' }),
      device.fact('CashMoved', {}, { schema: 9 }),
    ]);

    expect(pushed.items).toMatchObject([
      { status: 'held', code: 'unknown_fact_type' },
      { status: 'held', code: 'unknown_fact_type' },
    ]);
    expect(pushed.kept.through).toBe(2);
  });

  it('lets a payment wait for its sale, whichever device sends that later', async () => {
    const [first, second] = [newDevice(), newDevice()];
    const sale = first.sale('table-9', 1_000, { payments: [] });
    const payment = second.fact(
      'PaymentTaken',
      {
        orderId: 'table-9',
        paymentId: 'pay-table-9',
        method: 'cash',
        amountMinor: 1_000,
        currency: 'USD',
      },
      { basedOn: [{ entity: 'order:table-9', heads: [sale.id] }] },
    );

    const waiting = await push(second, [payment]);
    await push(first, [sale]);
    const judged = await until(payment, 'accepted');

    expect(waiting.items).toMatchObject([
      { status: 'blocked', blockedBy: [`fact:${sale.id}`, 'order:table-9'] },
    ]);
    expect(judged).toMatchObject({ type: 'PaymentTaken' });
    expect(await order('table-9')).toMatchObject({ paidMinor: 1_000, dueMinor: 0 });
  });

  it('counts a payment once that two facts report, and flags money that nothing is due for', async () => {
    const device = newDevice();
    const drawerId = await openDrawer(device.deviceId);
    const sale = device.sale('paid-twice', 500, { payments: [] });
    const data = { orderId: 'paid-twice', method: 'cash', amountMinor: 500, currency: 'USD' };
    const payment = { ...data, paymentId: 'pay-attempt-1', drawerId };
    const facts = [
      sale,
      device.fact('PaymentTaken', payment),
      device.fact('PaymentTaken', payment),
      device.fact('PaymentTaken', { ...payment, paymentId: 'pay-attempt-2' }),
    ];

    const pushed = await push(device, facts);

    expect(statuses(pushed)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    expect(pushed.items[3]).toMatchObject({ flags: ['payment-not-applied'] });
    expect(await order('paid-twice')).toMatchObject({ paidMinor: 500 });
    // The float, the payment, and the cash that was taken without need.
    expect(await expected(drawerId)).toBe(6_000);
  });

  it('takes what is due of a payment, and keeps the rest in the drawer', async () => {
    const device = newDevice();
    const drawerId = await openDrawer(device.deviceId);
    const payment = { paymentId: 'pay-too-much', method: 'cash', amountMinor: 700, drawerId };

    const pushed = await push(device, [device.sale('too-much', 500, { payments: [payment] })]);

    expect(pushed.items).toMatchObject([{ status: 'accepted', flags: ['payment-exceeds-due'] }]);
    expect(await expected(drawerId)).toBe(5_700);
  });

  it.each([
    ['more than an order with rounded cash needs', 700, 5_700, ['payment-exceeds-due']],
    ['what is due before it is rounded', 503, 5_500, []],
    ['what is due after it is rounded', 500, 5_500, []],
  ])('counts %s in the drawer', async (_, amountMinor, expectedMinor, flags) => {
    const device = newDevice();
    const drawerId = await openDrawer(device.deviceId);
    const orderId = `rounded-${amountMinor}`;
    const payment = { paymentId: `pay-${orderId}`, method: 'cash', amountMinor, drawerId };
    const sale = { cashRoundingMinor: 100, payments: [payment] };

    const pushed = await push(device, [device.sale(orderId, 503, sale)]);

    expect(pushed.items).toMatchObject([{ status: 'accepted' }]);
    expect(pushed.items[0]?.flags ?? []).toEqual(flags);
    expect(await order(orderId)).toMatchObject({ paidMinor: 500, dueMinor: 0 });
    expect(await expected(drawerId)).toBe(expectedMinor);
  });

  it('books cash movements, two alike as two, and corrects a drawer that was closed', async () => {
    const device = newDevice();
    const drawerId = await openDrawer(device.deviceId);
    const moved = { drawerId, direction: 'out', amountMinor: 300, currency: 'USD', reason: 'Ice' };

    const open = await push(device, [
      device.fact('CashMoved', moved),
      device.fact('CashMoved', moved),
    ]);
    const count = { denominations: [{ valueMinor: 100, count: 44 }] };
    await shop.post(`/drawers/${drawerId}/counts`, count);
    await shop.post(`/drawers/${drawerId}/close`, {});
    const late = await push(device, [device.fact('CashMoved', moved)]);

    expect(statuses(open)).toEqual(['accepted', 'accepted']);
    expect(late.items).toMatchObject([{ status: 'accepted', flags: ['late-for-close'] }]);
    expect((await shop.get(`/drawers/${drawerId}`)).body).toMatchObject({
      status: 'closed',
      close: { varianceMinor: 0 },
      corrections: { count: 1, cashMinor: -300 },
    });
  });

  it('sells whatever the clock of the device says, and gains nothing by it', async () => {
    const device = newDevice();
    const future = { occurredAt: '2099-01-01T00:00:00.000Z', businessDay: '2099-01-01' };
    const past = { occurredAt: '1970-01-01T00:00:00.000Z', businessDay: '1970-01-01' };
    const line = { name: 'Goods', quantity: '1', unitPriceMinor: 100 };
    const data = (orderId: string) => ({
      ...{ orderId, currency: 'USD', lines: [line], totalMinor: 100 },
    });

    const pushed = await push(device, [
      device.fact('SaleCreated', data('year-2099'), future),
      device.fact('SaleCreated', data('year-1970'), past),
    ]);

    const flags = ['clock-clamped', 'business-day-corrected'];
    expect(pushed.items).toMatchObject([
      { status: 'accepted', flags },
      { status: 'accepted', flags },
    ]);
    expect((await order('year-2099'))['businessDay']).toBe(today);
    expect(String((await order('year-1970'))['businessDay']) > '2000').toBe(true);
  });

  it('flags a fact that does not follow the one before it', async () => {
    const device = newDevice();
    const [a, b] = [device.sale('chain-1', 100), device.sale('chain-2', 100)];
    const torn = hashed({ ...b, prev: 'f'.repeat(64) });

    const pushed = await push(device, [a, torn]);

    expect(pushed.items[1]).toMatchObject({ status: 'accepted', flags: ['chain-broken'] });
  });

  it('refuses more than its limits with 413 and the limit, and keeps nothing of it', async () => {
    const device = newDevice();
    const { deviceId, epoch } = device;
    const many = { deviceId, epoch, facts: Array.from({ length: 257 }, () => ({})) };
    const large = { deviceId, epoch, facts: [{ text: 'x'.repeat(140_000) }] };

    const [tooMany, tooLarge] = await Promise.all([
      shop.post('/sync/push', many),
      shop.post('/sync/push', large),
    ]);

    expect(tooMany).toMatchObject({ status: 413, body: { code: 'push_too_large' } });
    expect(tooMany.body['details']).toEqual({ limit: 'pushFacts', maximum: 256, found: 257 });
    expect(tooLarge).toMatchObject({ status: 413, body: { details: { limit: 'factBytes' } } });
  });

  it('takes facts of two uploads at once, each once (S2)', async () => {
    const device = newDevice();
    const facts = [1, 2, 3, 4, 5].map((n) => device.sale(`tabs-${device.deviceId}-${n}`, 100));

    const both = await Promise.all([push(device, facts), push(device, facts)]);

    for (const { accepted } of both) expect(accepted).toEqual(facts.map(({ id }) => id));
    const orders = await Promise.all(facts.map(({ data }) => order(orderOf(data))));
    expect(orders).toMatchObject(facts.map(() => ({ paidMinor: 100 })));
  });
});

const orderOf = (data: unknown) => (data as { readonly orderId: string }).orderId;

/** More than are made in the seconds until the process looks. */
const MAX_READS = 20_000;

async function until({ id }: SentFact, status: string): Promise<Record<string, unknown>> {
  for (let read = 0; read < MAX_READS; read++) {
    const { body } = await shop.get(`/sync/facts/${id}`);
    if (body['status'] === status) return body;
  }
  throw new Error(`fact ${id} did not become ${status}`);
}

describe('The first message of a device', () => {
  it('gets it an epoch, the same for a repeat, and another for another life', async () => {
    const greet = (more: object) => shop.post('/sync/hello', { deviceId: 'till-hello', ...more });

    const first = await greet({ requestId: 'request-1' });
    const again = await greet({ requestId: 'request-1' });
    const wiped = await greet({ requestId: 'request-2', reason: 'wiped' });

    expect(first).toMatchObject({ status: 200, body: { epochState: 'ok' } });
    expect(again.body['epoch']).toBe(first.body['epoch']);
    expect(wiped.body['epoch']).not.toBe(first.body['epoch']);
    const ended = await greet({ epoch: first.body['epoch'] });
    expect(ended.body).toMatchObject({ epochState: 'ended', kept: { through: 0, ranges: [] } });
  });

  it('says what the server lacks, and that two devices use one epoch', async () => {
    const deviceId = 'till-missing';
    const opened = await shop.post('/sync/hello', { deviceId, requestId: 'request-3' });
    const epoch = String(opened.body['epoch']);
    const device = createTestDevice(deviceId, epoch, today);
    const facts = [1, 2, 3, 4].map((n) => device.sale(`missing-${n}`, 100));
    await push(device, [facts[0], facts[2]]);

    const declared = { lastSeq: 4, unsent: 2 };
    const greeted = await shop.post('/sync/hello', { deviceId, epoch, declared });
    const clone = createTestDevice(deviceId, epoch, today);
    const fork = await push(device, [hashed({ ...clone.sale('clone-1', 50), id: 'clone-fact-1' })]);

    expect(greeted.body).toMatchObject({
      kept: { through: 1, ranges: [[3, 3]] },
      missing: [
        [2, 2],
        [4, 4],
      ],
    });
    expect(fork.epochState).toBe('forked');
  });
});

describe('The completeness of a device', () => {
  const completeness = async (deviceId: string) => {
    const { body } = await shop.get(`/sync/devices/${deviceId}/completeness`);
    return (body['epochs'] as { words: string; missing: number[][]; state: string }[]) ?? [];
  };

  it('names what is missing below the newest fact, and is complete only as declared', async () => {
    const device = newDevice();
    const facts = [1, 2, 3, 4].map((n) => device.sale(`complete-${device.deviceId}-${n}`, 100));
    const [first, second, third, fourth] = facts;
    await push(device, [first, fourth], { declared: { lastSeq: 4, unsent: 4 } });
    const holes = await completeness(device.deviceId);
    await push(device, [second, third], { declared: { lastSeq: 4, unsent: 2 } });
    const all = await completeness(device.deviceId);

    expect(holes).toMatchObject([{ missing: [[2, 3]], words: '2-3 missing' }]);
    expect(all).toMatchObject([{ missing: [] }]);
    expect(all[0]?.words).toMatch(/^complete up to 4, as declared at \d{4}-/);
  });

  it('names what the device has declared and not sent, also in a life that has ended', async () => {
    const { deviceId } = newDevice();
    const hello = async (body: object) =>
      (await shop.post('/sync/hello', { deviceId, ...body }, { role: 'till' })).body;
    const { epoch } = await hello({ requestId: 'request-life-1' });
    await hello({ epoch, declared: { lastSeq: 7, unsent: 7 } });
    await hello({ requestId: 'request-life-2', reason: 'wiped' });

    const [now, before] = await completeness(deviceId);

    expect([now, before]).toMatchObject([
      { state: 'ok', missing: [], words: 'does not declare its facts' },
      { state: 'ended', missing: [[1, 7]], words: '1-7 missing' },
    ]);
  });

  it('is known only of devices of the shop', async () => {
    const { status, body } = await shop.get('/sync/devices/unheard/completeness');
    expect([status, body['code']]).toEqual([404, 'device_not_found']);
  });
});
