import {
  type MercadoPagoSimulator,
  startMercadoPagoSimulator,
} from '../../simulators/mercadopago/server.ts';
import { openShop, type Shop } from '../api/routes/support/shop.ts';
import { APP_SECRET } from '../support/webhooks/apps.ts';

type Fields = Readonly<Record<string, unknown>>;
interface Reply {
  readonly status: number;
  readonly body: Fields;
}

let simulator: MercadoPagoSimulator;
/** Each test has payments of its own at the server. */
let firstId = 1_000_000;
beforeEach(async () => {
  firstId += 1_000;
  simulator = await startMercadoPagoSimulator({ webhookSecret: APP_SECRET, firstId });
});
afterEach(() => simulator.stop());

async function call(method: string, path: string, more: { key?: string; body?: object } = {}) {
  const { key, body } = more;
  const response = await fetch(`${simulator.url}${path}`, {
    method,
    headers: {
      authorization: 'Bearer TEST-static-token',
      'content-type': 'application/json',
      ...(key !== undefined && { 'x-idempotency-key': key }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Fields } satisfies Reply;
}

const control = (method: string, path: string, body?: object) =>
  call(method, `/control/${path}`, body && { body });
const held = async () => (await control('GET', 'state')).body['payments'] as readonly Fields[];

const charge = (more: object = {}) => ({
  ...{ transaction_amount: 58.8, payment_method_id: 'visa', token: 'APRO' },
  ...{ external_reference: 'attempt-1', payer: { email: 'ana@example.org' }, ...more },
});
const pay = (key: string, more: object = {}) =>
  call('POST', '/v1/payments', { key, body: charge(more) });

describe('Mercado Pago, as it is simulated', () => {
  it('charges once for each key, and refuses the key for another body', async () => {
    const first = await pay('key-1');
    const again = await pay('key-1');
    expect([first.status, first.body['status'], first.body['transaction_amount']]).toEqual([
      201,
      'approved',
      58.8,
    ]);
    expect(again).toEqual(first);
    const other = await pay('key-1', { transaction_amount: 60 });
    expect([other.status, other.body['error']]).toEqual([409, 'idempotency_key_already_used']);
    expect(await held()).toHaveLength(1);
  });

  it('writes its errors as the provider does', async () => {
    const noKey = await call('POST', '/v1/payments', { body: charge() });
    expect([noKey.status, noKey.body['cause']]).toMatchObject([400, [{ code: 4292 }]]);
    const tooFine = await pay('key-2', { transaction_amount: 10.005 });
    expect([tooFine.status, tooFine.body['cause']]).toMatchObject([400, [{ code: 4037 }]]);
    const unknown = await call('GET', '/v1/payments/1');
    expect([unknown.status, unknown.body['cause']]).toMatchObject([404, [{ code: 2000 }]]);
    const response = await fetch(`${simulator.url}/v1/payments/1`);
    expect(response.status).toBe(401);
    expect(await held()).toEqual([]);
  });

  it('declines a card with 201 and a status', async () => {
    const { status, body } = await pay('key-3', { token: 'FUND' });
    expect([status, body['status'], body['status_detail']]).toEqual([
      201,
      'rejected',
      'cc_rejected_insufficient_amount',
    ]);
  });

  it('refunds in parts, and never more than was charged', async () => {
    const { body: payment } = await pay('key-4');
    const path = `/v1/payments/${String(payment['id'])}`;
    const refund = (key: string, body: object) => call('POST', `${path}/refunds`, { key, body });
    const part = await refund('refund-1', { amount: 20.1 });
    expect([part.status, part.body['amount']]).toEqual([201, 20.1]);
    expect(await refund('refund-1', { amount: 20.1 })).toEqual(part);
    expect((await call('GET', path)).body).toMatchObject({
      ...{ status: 'approved', status_detail: 'partially_refunded' },
      transaction_amount_refunded: 20.1,
    });
    const tooMuch = await refund('refund-2', { amount: 38.71 });
    expect([tooMuch.status, tooMuch.body['cause']]).toMatchObject([400, [{ code: 4041 }]]);
    expect((await refund('refund-3', {})).body['amount']).toBe(38.7);
    expect((await call('GET', path)).body).toMatchObject({
      ...{ status: 'refunded', transaction_amount_refunded: 58.8 },
    });
    expect((await refund('refund-4', {})).body['cause']).toMatchObject([{ code: 2063 }]);
  });

  it('finds payments by their reference, page by page', async () => {
    for (let i = 0; i < 5; i++) await pay(`key-${i}`);
    await pay('key-other', { external_reference: 'attempt-2' });
    const page = (offset: number) =>
      call('GET', `/v1/payments/search?external_reference=attempt-1&limit=2&offset=${offset}`);
    const pages = [await page(0), await page(2), await page(4)];
    const results = pages.map(({ body }) => (body['results'] as unknown[]).length);
    expect(results).toEqual([2, 2, 1]);
    expect(pages[0]?.body['paging']).toEqual({ total: 5, limit: 2, offset: 0 });
  });

  it.each(['/checkout/preferences', '/checkout/preferences/'])(
    'takes a preference at %s, which several payers can pay',
    async (path) => {
      const items = [{ title: 'Table 4', quantity: 2, unit_price: 50.25 }];
      const made = await call('POST', path, { body: { items, external_reference: 'check-1' } });
      expect([made.status, made.body['init_point']]).toEqual([
        201,
        expect.stringContaining('pref_id='),
      ]);
      const checkout = `checkouts/${String(made.body['id'])}`;
      const whole = await control('POST', checkout, {});
      const half = await control('POST', checkout, { amount: 50.25 });
      expect([whole.body['transaction_amount'], half.body['transaction_amount']]).toEqual([
        100.5, 50.25,
      ]);
      const { body } = await call('GET', '/v1/payments/search?external_reference=check-1');
      expect(body['paging']).toMatchObject({ total: 2 });
    },
  );
});

describe('a fault of the simulator', () => {
  const plan = (...faults: readonly object[]) => control('PUT', 'faults', faults);
  const attempt = async (key: string) => {
    try {
      return (await pay(key)).status;
    } catch {
      return 'lost';
    }
  };

  it('before the charge leaves nothing, and after it leaves the charge', async () => {
    await plan({ kind: 'lost-before' }, { kind: 'lost-after' });
    expect([await attempt('key-a'), (await held()).length]).toEqual(['lost', 0]);
    expect([await attempt('key-a'), (await held()).length]).toEqual(['lost', 1]);
    expect([await attempt('key-a'), (await held()).length]).toEqual([201, 1]);
  });

  it('can be a status, a page of a proxy, an error with 200, or a response that ends early', async () => {
    await plan(
      { kind: 'status', status: 429, retryAfterS: 7 },
      { kind: 'html' },
      { kind: 'error-200' },
      { kind: 'truncated' },
    );
    const post = () =>
      fetch(`${simulator.url}/v1/payments`, {
        method: 'POST',
        headers: { authorization: 'Bearer TEST-static-token', 'x-idempotency-key': 'key-f' },
        body: JSON.stringify(charge()),
      });
    const limited = await post();
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    const page = await post();
    expect([page.status, await page.text()]).toEqual([502, expect.stringContaining('<html>')]);
    const odd = await post();
    expect([odd.status, await odd.json()]).toMatchObject([200, { error: 'internal_error' }]);
    expect(await held()).toEqual([]);
    const cut = await post();
    await expect(cut.text()).rejects.toThrow();
    expect(await held()).toHaveLength(1);
  });

  it('can be a read that is behind', async () => {
    const { body } = await pay('key-s', { token: 'CONT' });
    const path = `/v1/payments/${String(body['id'])}`;
    await control('PUT', `payments/${String(body['id'])}`, { status: 'approved' });
    await plan({ kind: 'stale', method: 'GET', path: '/v1/payments' });
    expect((await call('GET', path)).body['status']).toBe('in_process');
    expect((await call('GET', path)).body['status']).toBe('approved');
  });

  it('can come by chance, in the same course for the same seed', async () => {
    const course = async () => {
      await control('PUT', 'faults', { seed: 7, rate: 0.5, kinds: ['status', 'lost-after'] });
      const outcomes = [];
      for (let i = 0; i < 12; i++) outcomes.push(await attempt(`key-r${i}`));
      return outcomes;
    };
    const first = await course();
    expect(await course()).toEqual(first);
    expect(new Set(first)).toEqual(new Set([201, 503, 'lost']));
  });
});

describe('webhooks of the simulator', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.stop());

  const kept = async (id: unknown) => {
    const { body } = await shop.get(`/webhook-notices?entityId=${String(id)}`);
    return (body['items'] as readonly Fields[]).map((each) => each['eventType']);
  };
  const paid = () => {
    const notification_url = `${shop.world.url}/webhooks/mercadopago/main`;
    return pay('key-w', { notification_url, token: 'CONT' });
  };

  it('arrive at the server with the real signature', async () => {
    const { body } = await paid();
    await control('PUT', `payments/${String(body['id'])}`, { status: 'approved' });
    expect(await simulator.finishWebhooks()).toEqual([200, 200]);
    expect((await kept(body['id'])).sort()).toEqual(['payment.created', 'payment.updated']);
  });

  it('can come twice, in another order, late or never', async () => {
    simulator.setWebhooks({ mode: 'twice' });
    const twice = await paid();
    expect(await simulator.finishWebhooks()).toEqual([200, 200]);
    expect(await kept(twice.body['id'])).toEqual(['payment.created']);
    simulator.setWebhooks({ mode: 'reversed', delayMs: 60_000 });
    const path = `payments/${String(twice.body['id'])}`;
    await control('PUT', path, { status: 'pending' });
    await control('PUT', path, { status: 'approved' });
    expect(await kept(twice.body['id'])).toEqual(['payment.created']);
    expect(await simulator.finishWebhooks()).toHaveLength(4);
    expect(await kept(twice.body['id'])).toHaveLength(3);
    simulator.setWebhooks({ mode: 'never' });
    await control('PUT', path, { status: 'rejected' });
    expect(await simulator.finishWebhooks()).toHaveLength(4);
  });
});
