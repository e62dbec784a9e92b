import { createHash } from 'node:crypto';

import { OPERATIONS, problemsOf } from '../../simulators/square/schema.ts';
import { type SquareSimulator, startSquareSimulator } from '../../simulators/square/server.ts';
import { openShop, type Shop } from '../api/routes/support/shop.ts';
import { OFFICIAL_ORDERS } from '../support/square/orders.ts';
import { APP_SECRET, SQUARE_URL } from '../support/webhooks/apps.ts';

type Fields = Readonly<Record<string, unknown>>;

let simulator: SquareSimulator;
let nowMs = 0;
beforeEach(async () => {
  nowMs = Date.parse('2026-05-01T12:00:00Z');
  simulator = await startSquareSimulator({ now: () => nowMs });
});
afterEach(async () => {
  const { violations } = await control('GET', 'state');
  await simulator.stop();
  expect(violations).toEqual([]);
});

async function call(method: string, path: string, body?: object, token = 'EAAA-static-token') {
  const response = await fetch(`${simulator.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { response, status: response.status, body: (await response.json()) as Fields };
}
const control = async (method: string, path: string, body?: object) =>
  (await call(method, `/control/${path}`, body)).body;
const errorOf = ({ status, body }: { status: number; body: Fields }) => {
  const [error] = body['errors'] as readonly Fields[];
  return [status, error?.['category'], error?.['code']];
};

const usd = (amount: number) => ({ amount, currency: 'USD' });
const line = (amount: number, more: object = {}) => ({
  ...{ name: 'Lunch', quantity: '1', base_price_money: usd(amount), ...more },
});
const order = (key: string, more: object = {}) =>
  call('POST', '/v2/orders', {
    idempotency_key: key,
    order: { location_id: 'L0000000001', line_items: [line(1000)], ...more },
  });
const idOf = ({ body }: { body: Fields }, name: string) => (body[name] as Fields)['id'] as string;

describe('Square, as it is simulated', () => {
  it('knows the official examples, and finds fields that are none', () => {
    for (const [name, example] of Object.entries(OFFICIAL_ORDERS)) {
      if (!OPERATIONS.some((each) => name === each.request || name === each.response)) continue;
      expect([name, problemsOf(name, example)]).toEqual([name, []]);
    }
    expect(problemsOf('Money', { amount: 1.5, cents: 1 })).toEqual([
      '.amount: expected integer',
      '.cents: is not a field',
    ]);
  });

  it('prices an order as the provider’s own example', async () => {
    const made = await order('key-1', {
      line_items: [
        line(1599),
        line(2200, {
          quantity: '2',
          applied_discounts: [{ discount_uid: 'one-dollar-off' }],
          modifiers: [{ name: 'Well', base_price_money: usd(50) }],
        }),
      ],
      taxes: [{ name: 'State Sales Tax', percentage: '9', scope: 'ORDER' }],
      discounts: [
        { name: 'Labor Day Sale', percentage: '5', scope: 'ORDER' },
        { name: 'Membership', percentage: '0.5', scope: 'ORDER' },
        { uid: 'one-dollar-off', name: 'Off', amount_money: usd(100), scope: 'LINE_ITEM' },
      ],
    });
    expect(made.body['order']).toMatchObject({
      ...{ total_money: usd(6176), total_discount_money: usd(433), total_tax_money: usd(510) },
      line_items: [
        { gross_sales_money: usd(1599), total_tax_money: usd(136) },
        { gross_sales_money: usd(4500), total_tax_money: usd(374) },
      ],
    });
  });

  it('creates one order for each key, and refuses the key for another body', async () => {
    const first = await order('key-1');
    expect((await order('key-1')).body).toEqual(first.body);
    expect(errorOf(await order('key-1', { reference_id: 'other' }))).toEqual([
      ...[400, 'INVALID_REQUEST_ERROR', 'IDEMPOTENCY_KEY_REUSED'],
    ]);
    expect((await control('GET', 'state'))['orders']).toHaveLength(1);
  });

  it('refuses what its schema does not know', async () => {
    const wrong = await order('key-1', { line_items: [line(1000, { colour: 'red' })] });
    expect(errorOf(wrong)).toEqual([400, 'INVALID_REQUEST_ERROR', 'INVALID_VALUE']);
    const unknown = await call('GET', '/v2/orders/none');
    expect(errorOf(unknown)).toEqual([404, 'INVALID_REQUEST_ERROR', 'NOT_FOUND']);
  });

  it('updates an order only at the version that the caller has seen', async () => {
    const made = await order('key-1');
    const path = `/v2/orders/${idOf(made, 'order')}`;
    const change = (version: number) =>
      call('PUT', path, { order: { location_id: 'L0000000001', version, ticket_name: '7' } });
    expect((await change(1)).body['order']).toMatchObject({ version: 2, ticket_name: '7' });
    expect(errorOf(await change(1))[2]).toBe('VERSION_MISMATCH');
  });

  it('takes a payment once, and completes the order with it', async () => {
    const order_id = idOf(await order('key-1'), 'order');
    const body = {
      ...{ source_id: 'cnon:card-nonce-ok', idempotency_key: 'pay-1', order_id },
      ...{ amount_money: usd(1000), tip_money: usd(150) },
    };
    const paid = await call('POST', '/v2/payments', body);
    expect((await call('POST', '/v2/payments', body)).body).toEqual(paid.body);
    expect(paid.body['payment']).toMatchObject({ status: 'COMPLETED', total_money: usd(1150) });
    expect((await call('GET', `/v2/orders/${order_id}`)).body['order']).toMatchObject({
      ...{ state: 'COMPLETED', total_money: usd(1150), net_amount_due_money: usd(0) },
      tenders: [{ type: 'CARD', amount_money: usd(1150), tip_money: usd(150) }],
    });
    const declined = { ...body, source_id: 'cnon:card-nonce-declined', idempotency_key: 'pay-2' };
    expect(errorOf(await call('POST', '/v2/payments', declined))).toEqual([
      ...[400, 'PAYMENT_METHOD_ERROR', 'GENERIC_DECLINE'],
    ]);
    expect((await control('GET', 'state'))['payments']).toHaveLength(1);
  });

  it('cancels by key also what was never made', async () => {
    const cancel = (key: string) => call('POST', '/v2/payments/cancel', { idempotency_key: key });
    expect((await cancel('never')).status).toBe(200);
    const body = { source_id: 'CASH', idempotency_key: 'p', amount_money: usd(5) };
    const made = await call('POST', '/v2/payments', { ...body, autocomplete: false });
    await cancel('p');
    const { body: read } = await call('GET', `/v2/payments/${idOf(made, 'payment')}`);
    expect(read['payment']).toMatchObject({ status: 'CANCELED' });
  });

  it('refunds no more than was paid, and first as pending', async () => {
    const pay = { source_id: 'CASH', idempotency_key: 'p', amount_money: usd(500) };
    const payment_id = idOf(await call('POST', '/v2/payments', pay), 'payment');
    const refund = (key: string, amount: number) =>
      call('POST', '/v2/refunds', { idempotency_key: key, payment_id, amount_money: usd(amount) });
    const first = await refund('r1', 300);
    expect(first.body['refund']).toMatchObject({ status: 'PENDING', amount_money: usd(300) });
    expect((await refund('r1', 300)).body).toEqual(first.body);
    expect(errorOf(await refund('r2', 201))).toEqual([
      ...[400, 'REFUND_ERROR', 'REFUND_AMOUNT_INVALID'],
    ]);
    const id = idOf(first, 'refund');
    await control('PUT', `refunds/${id}`, { status: 'COMPLETED' });
    const { body } = await call('GET', `/v2/refunds/${id}`);
    expect(body['refund']).toMatchObject({ status: 'COMPLETED', payment_id });
  });

  it('finds orders by the time of their change, page by page', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      nowMs += 60_000;
      ids.push(idOf(await order(`key-${i}`), 'order'));
    }
    const query = {
      filter: { date_time_filter: { updated_at: { start_at: '2026-05-01T12:02:00Z' } } },
      sort: { sort_field: 'UPDATED_AT', sort_order: 'ASC' },
    };
    const search = async (cursor?: unknown, more: object = query) =>
      await call('POST', '/v2/orders/search', {
        ...{ location_ids: ['L0000000001'], limit: 3, query: more },
        ...(cursor !== undefined && { cursor }),
      });
    const first = await search();
    const second = await search(first.body['cursor']);
    const found = [first, second].map(({ body }) => body['orders'] as readonly Fields[]).flat();
    expect(found.map((each) => each['id'])).toEqual(ids.slice(1));
    expect(second.body['cursor']).toBeUndefined();
    const other = { ...query, sort: { sort_field: 'CREATED_AT' } };
    expect((await search(undefined, other)).status).toBe(400);
    expect(errorOf(await search(first.body['cursor'], {}))[2]).toBe('INVALID_CURSOR');
  });

  it('gives real ids to new objects of the catalogue, and refuses a version that has passed', async () => {
    const item = (id: string, more: object = {}) => ({
      ...{ type: 'ITEM', id, ...more },
      item_data: {
        name: 'Coffee',
        variations: [
          {
            ...{ type: 'ITEM_VARIATION', id: '#small' },
            item_variation_data: { item_id: id, name: 'Small', price_money: usd(300) },
          },
        ],
      },
    });
    const upsert = (key: string, object: object) =>
      call('POST', '/v2/catalog/batch-upsert', {
        ...{ idempotency_key: key, batches: [{ objects: [object] }] },
      });
    const made = await upsert('c1', item('#coffee'));
    const [kept] = made.body['objects'] as readonly Fields[];
    expect(made.body['id_mappings']).toHaveLength(2);
    const listed = await call('GET', '/v2/catalog/list?types=ITEM');
    expect(listed.body['objects']).toEqual(made.body['objects']);
    nowMs += 1_000;
    const id = kept?.['id'] as string;
    const version = kept?.['version'] as number;
    expect((await upsert('c2', item(id, { version }))).status).toBe(200);
    expect(errorOf(await upsert('c3', item(id, { version })))[2]).toBe('VERSION_MISMATCH');
    const search = { begin_time: '2026-05-01T12:00:00Z', object_types: ['ITEM'] };
    expect((await call('POST', '/v2/catalog/search', search)).body['objects']).toHaveLength(1);
  });

  it('limits requests, and says when to come again', async () => {
    await control('PUT', 'limits', { requestsPerSecond: 1 });
    expect((await call('GET', '/v2/locations')).status).toBe(200);
    const refused = await call('GET', '/v2/locations');
    expect(errorOf(refused)).toEqual([429, 'RATE_LIMIT_ERROR', 'RATE_LIMITED']);
    expect(refused.response.headers.get('retry-after')).toBe('1');
  });
});

describe('the grants of Square', () => {
  const BACK = 'https://shop.example.org/back';
  const verifier = 'v'.repeat(43);
  const authorized = async (more: Record<string, string> = {}) => {
    const query = new URLSearchParams({
      ...{ client_id: 'sq0idp-simulated', scope: 'ORDERS_READ', state: 's', redirect_uri: BACK },
      ...more,
    });
    const { response } = await call('GET', `/oauth2/authorize?${query.toString()}`);
    return new URL(response.headers.get('location') ?? '').searchParams;
  };
  const token = (more: object) =>
    call('POST', '/oauth2/token', { client_id: 'sq0idp-simulated', ...more });
  const SECRET = { client_secret: 'sq0csp-simulated' };
  const byCode = (code: string | null, more: object = SECRET) =>
    token({ grant_type: 'authorization_code', code, redirect_uri: BACK, ...more });
  const byRefresh = (refresh_token: unknown) =>
    token({ grant_type: 'refresh_token', refresh_token, ...SECRET });

  it('begin with a code that serves once, within its scopes', async () => {
    const back = await authorized();
    expect(back.get('state')).toBe('s');
    const granted = await byCode(back.get('code'));
    expect(granted.body).toMatchObject({ token_type: 'bearer', merchant_id: 'MERCHANT0001' });
    expect((await byCode(back.get('code'))).status).toBe(401);
    const access = granted.body['access_token'] as string;
    const search = { location_ids: ['L0000000001'] };
    expect((await call('POST', '/v2/orders/search', search, access)).status).toBe(200);
    expect(errorOf(await call('GET', '/v2/locations', undefined, access))).toEqual([
      ...[403, 'AUTHENTICATION_ERROR', 'INSUFFICIENT_SCOPES'],
    ]);
    const again = await byRefresh(granted.body['refresh_token']);
    expect(again.body['refresh_token']).toBe(granted.body['refresh_token']);
  });

  it('with PKCE have refresh tokens that serve once', async () => {
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const back = await authorized({ code_challenge: challenge });
    const granted = await byCode(back.get('code'), { code_verifier: verifier });
    expect(granted.status).toBe(200);
    const refreshed = await byRefresh(granted.body['refresh_token']);
    expect(refreshed.body['refresh_token']).not.toBe(granted.body['refresh_token']);
    expect((await byRefresh(granted.body['refresh_token'])).status).toBe(401);
    const wrong = await authorized({ code_challenge: challenge });
    const other = { code_verifier: 'w'.repeat(43) };
    expect((await byCode(wrong.get('code'), other)).status).toBe(401);
    expect((await byCode(wrong.get('code'), { code_verifier: verifier })).status).toBe(401);
  });

  it('can be denied, expire, and be revoked', async () => {
    await control('PUT', 'consent', { isDenied: true });
    expect((await authorized()).get('error')).toBe('access_denied');
    await control('PUT', 'consent', { isDenied: false });
    const granted = await byCode((await authorized()).get('code'));
    const access = granted.body['access_token'] as string;
    const search = () =>
      call('POST', '/v2/orders/search', { location_ids: ['L0000000001'] }, access);
    await control('POST', 'expiries');
    expect(errorOf(await search())[2]).toBe('ACCESS_TOKEN_EXPIRED');
    await control('POST', 'revocations');
    expect(errorOf(await search())[2]).toBe('ACCESS_TOKEN_REVOKED');
    expect((await byRefresh(granted.body['refresh_token'])).status).toBe(401);
  });
});

describe('the webhooks of Square', () => {
  let shop: Shop;
  let sending: SquareSimulator;
  beforeAll(async () => {
    shop = await openShop();
    sending = await startSquareSimulator({
      ...{ webhookSecret: APP_SECRET, merchantId: 'merchant-a', registeredUrl: SQUARE_URL },
      webhookUrl: `${shop.world.url}/webhooks/square/main`,
    });
  });
  afterAll(async () => {
    await sending.stop();
    await shop.stop();
  });

  it('arrive at the server with the real signature; a sale at a terminal has no order.created', async () => {
    const response = await fetch(`${sending.url}/control/sales`, {
      method: 'POST',
      body: JSON.stringify({ line_items: [line(700)] }),
    });
    const sale = (await response.json()) as { payment: Fields; order: Fields };
    expect(sale.order).toMatchObject({ state: 'COMPLETED', total_money: usd(700) });
    expect(sale.order['version']).toBeUndefined();
    expect(await sending.finishWebhooks()).toEqual([200, 200]);
    const { body } = await shop.get(`/webhook-notices?entityId=${sale.payment['id'] as string}`);
    const kept = (body['items'] as readonly Fields[]).map((each) => each['eventType']);
    expect(kept.sort()).toEqual(['payment.created', 'payment.updated']);
  });
});
