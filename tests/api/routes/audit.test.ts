import { START } from '../../../src/domain/kernel/position.ts';
import { cash, openAccount, openShop, placeSale, type Shop } from './support/shop.ts';

interface Item {
  readonly eventId: string;
  readonly position: string;
  readonly timestamp: string;
  readonly userId: string;
  readonly action: string;
  readonly resource: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly severity: string;
  readonly outcome: string;
  readonly metadata: { readonly requestId: string };
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? String(part) : part,
  );
}

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.stop());

async function audit(query = '') {
  const answer = await shop.get(`/audit${query}`);
  expect({ query, status: answer.status, text: answer.text }).toMatchObject({ status: 200 });
  return {
    items: answer.body['items'] as Item[],
    nextCursor: answer.body['nextCursor'] as string | undefined,
  };
}

/** An account whose terms changed, a sale of 20.00 paid in part, and a payment that was refused. */
async function someWork() {
  const customerId = await openAccount(shop, { creditLimitMinor: 1_000 });
  await shop.put(
    `/customers/${customerId}/terms`,
    { creditLimitMinor: 5_000 },
    { headers: { 'X-Correlation-Id': 'the-terms' } },
  );
  const orderId = await placeSale(shop, 2_000);
  await shop.post(`/orders/${orderId}/payments`, cash(500), { role: 'till' });
  const refused = await shop.post(`/orders/${orderId}/payments`, cash(9_999), { role: 'till' });
  expect(refused.status).toBe(422);
  return { customerId, orderId };
}

describe('The audit trail', () => {
  it('lists a denial as a failure, with the severity of its event', async () => {
    const denied = await shop.put(
      '/system/configuration/opening-hours',
      { value: '9-17' },
      { role: 'till' },
    );
    expect(denied.status).toBe(403);

    const { items } = await audit('?action=PERMISSION_CHECK_FAILED&outcome=FAILURE');

    expect(items).toMatchObject([{ userId: 'a-till', severity: 'MEDIUM', outcome: 'FAILURE' }]);
  });

  it('says who did what, with the values before and after', async () => {
    const { customerId } = await someWork();

    const { items } = await audit('?action=AccountTermsChanged');

    expect(items).toHaveLength(1);
    const [record] = items;
    expect(record?.eventId).toContain(`_${Date.parse(record?.timestamp ?? '')}_`);
    expect(record).toMatchObject({
      eventId: expect.stringMatching(/^evt_\d{13}_[0-9a-z]{9}$/) as string,
      userId: 'a-manager',
      action: 'AccountTermsChanged',
      resource: `account/${customerId}`,
      before: { creditLimitMinor: 1_000 },
      after: { creditLimitMinor: 5_000 },
      severity: 'LOW',
      outcome: 'SUCCESS',
      metadata: { requestId: 'the-terms' },
    });
  });

  it('shows a new entity as one that was not there before', async () => {
    const { orderId } = await someWork();

    const { items } = await audit(`?resource=order/${orderId}&order=oldest`);

    expect(items.map(({ action }) => action)).toEqual([
      'OrderPlaced',
      'OrderPaymentRecorded',
      'RecordPayment',
    ]);
    expect(items[0]?.before).toBeNull();
    expect(items[0]?.after).toMatchObject({ dueMinor: 2_000, paidMinor: 0 });
    expect(items[1]?.before).toMatchObject({ paidMinor: 0 });
    expect(items[1]?.after).toMatchObject({ paidMinor: 500 });
  });

  it('shows a refusal as a failure that changed nothing', async () => {
    const { orderId } = await someWork();

    const { items } = await audit('?outcome=FAILURE');

    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      userId: 'a-till',
      resource: `order/${orderId}`,
      before: null,
      after: { command: 'RecordPayment' },
      severity: 'LOW',
    });
  });

  it.each([
    ['?user=a-till', ['RecordPayment', 'OrderPaymentRecorded']],
    ['?severity=LOW', ['RecordPayment', 'AccountTermsChanged']],
    ['?severity=LOW&outcome=SUCCESS', ['AccountTermsChanged']],
    ['?severity=INFO&user=a-till', ['OrderPaymentRecorded']],
    ['?severity=LOW&to=2001-01-01T00:00:00Z', []],
    ['?severity=LOW&from=2001-01-01T00:00:00Z&user=a-till', ['RecordPayment']],
    ['?from=2001-01-01T00:00:00Z&action=OrderPlaced', ['OrderPlaced']],
    ['?severity=CRITICAL', []],
  ])('filters by %s', async (query, expected) => {
    await someWork();

    const { items } = await audit(query);

    expect(items.map(({ action }) => action)).toEqual(expected);
  });

  it.each(['', '&severity=LOW'])('is read page by page: limit=1%s', async (filter) => {
    await someWork();
    const whole = await audit(`?limit=200${filter}`);
    const paged: Item[] = [];
    let cursor: string | undefined;
    do {
      const next = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await audit(`?limit=1${filter}${next}`);
      paged.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);

    expect(paged).toEqual(whole.items);
    expect(paged.length).toBeGreaterThan(1);
  });

  it('says from where, encrypted in the log and masked for a reader without the right', async () => {
    const customerId = await openAccount(shop, { name: 'Marta Ruiz' });
    const headers = { 'User-Agent': 'Till/2.1 (shop)' };
    await shop.put(`/customers/${customerId}/terms`, { creditLimitMinor: 5_000 }, { headers });
    await shop.put(`/system/configuration/hours`, { value: '9' }, { role: 'till', headers });

    const whole = await audit('?action=AccountTermsChanged');
    const denied = await audit('?action=PERMISSION_CHECK_FAILED');
    const masked = await shop.get(`/audit?resource=account/${customerId}`, { role: 'auditor' });

    const from = { ipAddress: '127.0.0.1', userAgent: 'Till/2.1 (shop)' };
    expect([whole.items[0]?.metadata, denied.items[0]?.metadata]).toMatchObject([from, from]);
    const items = masked.body['items'] as Item[];
    expect(items[0]?.metadata).toMatchObject({ ipAddress: '127.0.*.*', userAgent: 'Till ***' });
    expect(masked.text).not.toContain('Marta');
    expect(items.at(-1)?.after).toMatchObject({ name: 'M*** R***' });
    const { events } = await shop.world.log.readAll({ after: START, limit: 100 });
    expect(events.some(({ metadata }) => metadata.origin)).toBe(true);
    expect(textOf(events)).not.toMatch(/127\.0\.0\.1|Till\/2\.1/);
  });

  it('is not shown to a till', async () => {
    const answer = await shop.get('/audit', { role: 'till' });

    expect([answer.status, answer.body['code']]).toEqual([403, 'forbidden']);
  });

  it('shows nothing of another shop, by no filter', async () => {
    const { orderId } = await someWork();

    for (const query of ['', '?severity=LOW', `?resource=order/${orderId}`, '?user=a-till']) {
      const answer = await shop.get(`/audit${query}`, { store: 'b' });
      expect([answer.status, answer.body['items']]).toEqual([200, []]);
    }
  });

  it.each(['?severity=low', '?resource=order', '?resource=..%2Fa', '?from=today', '?cursor=x'])(
    'refuses what it cannot read: %s',
    async (query) => {
      const answer = await shop.get(`/audit${query}`);

      expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
    },
  );
});
