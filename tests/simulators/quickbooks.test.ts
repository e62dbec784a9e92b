import { problemsOf } from '../../simulators/quickbooks/provider.ts';
import {
  type QuickBooksSimulator,
  startQuickBooksSimulator,
} from '../../simulators/quickbooks/server.ts';
import { openShop, type Shop } from '../api/routes/support/shop.ts';
import { APP_SECRET } from '../support/webhooks/apps.ts';

type Fields = Readonly<Record<string, unknown>>;

const BASE = '/v3/company/4620816365000000001';
let simulator: QuickBooksSimulator;
let nowMs = 0;
beforeEach(async () => {
  nowMs = Date.parse('2026-05-01T12:00:00Z');
  simulator = await startQuickBooksSimulator({ now: () => nowMs });
});
afterEach(async () => {
  const { violations } = await control('GET', 'state');
  await simulator.stop();
  expect(violations).toEqual([]);
});

async function call(method: string, path: string, body?: object, token = 'eyJ-static-token') {
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
const codeOf = ({ body }: { body: Fields }) => {
  const errors = (body['Fault'] as { Error: readonly Fields[] } | undefined)?.Error;
  return errors?.[0]?.['code'];
};

let itemId = '';
beforeEach(async () => {
  const made = await call('POST', `${BASE}/item`, {
    ...{ Name: 'Sales', Type: 'Service', IncomeAccountRef: { value: '1' } },
  });
  itemId = (made.body['Item'] as { Id: string }).Id;
});

const line = (Amount: number, detail: object = {}) => ({
  ...{ Amount, DetailType: 'SalesItemLineDetail' },
  SalesItemLineDetail: { ItemRef: { value: itemId }, ...detail },
});
const receipt = (more: object = {}) => ({ DocNumber: 'SQ-1', Line: [line(15.99)], ...more });
const post = (path: string, body: object) => call('POST', `${BASE}/${path}`, body);

describe('QuickBooks Online, as it is simulated', () => {
  it('totals a receipt to the cent, with discount and tax', async () => {
    const lines = [
      line(15.99),
      line(44, { Qty: 2, UnitPrice: 22 }),
      line(1, { Qty: 2, UnitPrice: 0.5 }),
      {
        ...{ Amount: 4.33, DetailType: 'DiscountLineDetail' },
        DiscountLineDetail: { PercentBased: false, DiscountAccountRef: { value: '86' } },
      },
    ];
    const made = await post(
      'salesreceipt',
      receipt({ Line: lines, TxnTaxDetail: { TotalTax: 5.1 } }),
    );
    expect(made.body['SalesReceipt']).toMatchObject({
      ...{ TotalAmt: 61.76, SyncToken: '0', domain: 'QBO' },
      Line: [...lines, { DetailType: 'SubTotalLineDetail', Amount: 60.99 }],
    });
  });

  it('creates one receipt for each requestid, also when the body differs', async () => {
    const first = await post('salesreceipt?requestid=r1', receipt());
    const again = await post('salesreceipt?requestid=r1', receipt({ DocNumber: 'SQ-2' }));
    expect(again.body).toEqual(first.body);
    expect((await control('GET', 'state'))['SalesReceipt']).toHaveLength(1);
  });

  it.each([
    ['6140', 'salesreceipt', () => receipt()],
    [
      '6070',
      'salesreceipt',
      () => receipt({ DocNumber: 'B', Line: [line(9, { Qty: 2, UnitPrice: 4 })] }),
    ],
    [
      '2500',
      'salesreceipt',
      () => receipt({ DocNumber: 'C', Line: [line(1, { ItemRef: { value: '99' } })] }),
    ],
    ['2020', 'salesreceipt', () => ({ DocNumber: 'D' })],
    ['2020', 'refundreceipt', () => receipt({ DocNumber: 'E' })],
    ['2010', 'salesreceipt', () => receipt({ DocNumber: 'F', Colour: 'red' })],
    ['6240', 'customer', () => ({ DisplayName: 'Ana' })],
    ['610', 'customer', () => ({ Id: '999', SyncToken: '0' })],
  ])('refuses with code %s at %s', async (code, path, body) => {
    await post('salesreceipt', receipt());
    await post('customer', { DisplayName: 'Ana' });
    expect(codeOf(await post(path, body()))).toBe(code);
  });

  it('updates at the newest SyncToken only, and keeps what a sparse update does not name', async () => {
    const made = await post('customer', { DisplayName: 'Ana', Notes: 'Regular' });
    const { Id } = made.body['Customer'] as { Id: string };
    const change = (SyncToken: string) =>
      post('customer', { Id, SyncToken, sparse: true, GivenName: 'Ana' });
    expect((await change('0')).body['Customer']).toMatchObject({
      ...{ SyncToken: '1', DisplayName: 'Ana', Notes: 'Regular', GivenName: 'Ana' },
    });
    expect(codeOf(await change('0'))).toBe('5010');
  });

  it('answers queries, page by page, and an empty one without a list', async () => {
    for (const name of ['Ana', "O'Hara", 'Zoe']) await post('customer', { DisplayName: name });
    const ask = async (text: string) => {
      const { body } = await call('GET', `${BASE}/query?query=${encodeURIComponent(text)}`);
      return body['QueryResponse'] ?? codeOf({ body });
    };
    expect(await ask("select * from Customer where DisplayName = 'O\\'Hara'")).toMatchObject({
      Customer: [{ DisplayName: "O'Hara" }],
    });
    expect(await ask('select * from Customer startposition 3 maxresults 2')).toMatchObject({
      ...{ startPosition: 3, maxResults: 1, Customer: [{ DisplayName: 'Zoe' }] },
    });
    expect(await ask('select count(*) from Customer')).toEqual({ totalCount: 3 });
    expect(await ask("select * from Customer where DisplayName = 'Eve'")).toEqual({});
    expect(await ask('drop table Customer')).toBe('4000');
  });

  it('shows what changed since a time, deleted receipts too', async () => {
    const made = await post('salesreceipt', receipt());
    const { Id, SyncToken } = made.body['SalesReceipt'] as { Id: string; SyncToken: string };
    nowMs += 60_000;
    await post('salesreceipt?operation=delete', { Id, SyncToken });
    const since = encodeURIComponent('2026-05-01T12:00:30+00:00');
    const { body } = await call(
      'GET',
      `${BASE}/cdc?entities=SalesReceipt,Item&changedSince=${since}`,
    );
    expect(body['CDCResponse']).toMatchObject([
      { QueryResponse: [{ SalesReceipt: [{ Id, status: 'Deleted' }] }, {}] },
    ]);
    const old = await call('GET', `${BASE}/cdc?entities=Item&changedSince=2026-01-01T00:00:00Z`);
    expect(codeOf(old)).toBe('2030');
    expect(codeOf(await call('GET', `${BASE}/salesreceipt/${Id}`))).toBe('610');
  });

  it('carries out a batch, each item with its own outcome', async () => {
    const { body } = await post('batch', {
      BatchItemRequest: [
        { bId: '1', operation: 'create', Customer: { DisplayName: 'Ana' } },
        { bId: '2', operation: 'create', Customer: { DisplayName: 'Ana' } },
        { bId: '3', Query: 'select count(*) from Customer' },
      ],
    });
    expect(body['BatchItemResponse']).toMatchObject([
      { bId: '1', Customer: { DisplayName: 'Ana' } },
      { bId: '2', Fault: { Error: [{ code: '6240' }] } },
      { bId: '3', QueryResponse: { totalCount: 1 } },
    ]);
  });

  it('throttles, and can send a fault with status 200', async () => {
    await control('PUT', 'faults', [{ kind: 'error-200' }]);
    const odd = await call('GET', `${BASE}/companyinfo/1`);
    expect([odd.status, codeOf(odd)]).toEqual([200, '10000']);
    await control('PUT', 'limits', { requestsPerSecond: 1 });
    const first = await call('GET', `${BASE}/companyinfo/1`);
    expect(problemsOf('CompanyInfo', first.body['CompanyInfo'])).toEqual([]);
    const refused = await call('GET', `${BASE}/companyinfo/1`);
    expect([refused.status, codeOf(refused)]).toEqual([429, '003001']);
  });
});

describe('the grants of QuickBooks', () => {
  const BACK = 'https://shop.example.org/back';
  async function token(form: Record<string, string>) {
    const response = await fetch(`${simulator.url}/oauth2/v1/tokens/bearer`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('ABsimulated:simulated').toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(form),
    });
    return { status: response.status, body: (await response.json()) as Fields };
  }

  it('have refresh tokens that serve once, and name the company', async () => {
    const query = new URLSearchParams({ client_id: 'ABsimulated', state: 's', redirect_uri: BACK });
    const { response } = await call('GET', `/connect/oauth2?${query.toString()}`);
    const back = new URL(response.headers.get('location') ?? '').searchParams;
    expect(back.get('realmId')).toBe('4620816365000000001');
    const code = back.get('code') ?? '';
    const byCode = { grant_type: 'authorization_code', code, redirect_uri: BACK };
    const granted = await token(byCode);
    expect(granted.body).toMatchObject({ token_type: 'bearer', expires_in: 3600 });
    expect(await token(byCode)).toEqual({ status: 400, body: { error: 'invalid_grant' } });
    const refresh = (value: unknown) =>
      token({ grant_type: 'refresh_token', refresh_token: value as string });
    const first = await refresh(granted.body['refresh_token']);
    expect(first.status).toBe(200);
    expect((await refresh(granted.body['refresh_token'])).body).toEqual({ error: 'invalid_grant' });
    const access = first.body['access_token'] as string;
    const read = () => call('GET', `${BASE}/companyinfo/1`, undefined, access);
    expect((await read()).status).toBe(200);
    nowMs += 3_600_000;
    expect((await read()).status).toBe(401);
    await control('POST', 'revocations');
    expect((await refresh(first.body['refresh_token'])).status).toBe(400);
  });
});

describe('the webhooks of QuickBooks', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.stop());

  it.each(['cloud-events', 'legacy'] as const)(
    'arrive at the server as %s',
    async (webhookForm) => {
      const sending = await startQuickBooksSimulator({
        ...{ webhookSecret: APP_SECRET, realmId: 'realm-a', webhookForm },
        webhookUrl: `${shop.world.url}/webhooks/quickbooks/main`,
      });
      const response = await fetch(`${sending.url}/v3/company/realm-a/customer`, {
        method: 'POST',
        headers: { authorization: 'Bearer eyJ-static-token' },
        body: JSON.stringify({ DisplayName: webhookForm }),
      });
      expect(response.status).toBe(200);
      expect(await sending.finishWebhooks()).toEqual([200]);
      await sending.stop();
    },
  );
});
