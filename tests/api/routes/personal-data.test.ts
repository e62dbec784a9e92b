import { createHmac } from 'node:crypto';

import { deliveryDecider } from '../../../src/domain/deliveries/index.ts';
import { canonicalJson, fieldHashes, shortHash } from '../../../src/domain/kernel/fingerprint.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import type { Role } from '../../../src/domain/kernel/shop.ts';
import { keyOf, newKey, REPORT_SECRET } from '../support/api-world.ts';
import { openAccount, openShop, type Shop } from './support/shop.ts';

const MARK = 'Zoraida Quintanilla';
const PHONE = '+34 611 222 333';
const EMAIL = 'zoraida@example.com';
const MARKS = [MARK, PHONE, EMAIL];

function signedReport(reference: string) {
  const report = { at: '2030-01-31T08:00:00Z', reference, event: 'bounced', reportId: 'r-1' };
  const text = Object.values(report).join('.');
  return { ...report, signature: createHmac('sha256', REPORT_SECRET).update(text).digest('hex') };
}

describe('Personal data', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.stop());

  const stored = async () => {
    const { events } = await shop.world.log.readAll({ after: { commit: -1n, prepare: -1n } });
    return JSON.stringify(events, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
  };

  it('stands in the log only encrypted, and is shown as before', async () => {
    const customerId = await openAccount(shop, { name: MARK, phone: PHONE, email: EMAIL });
    const changed = await shop.put(`/customers/${customerId}`, { name: `${MARK} Ruiz` });
    const [account, history] = [
      await shop.get(`/customers/${customerId}`),
      await shop.get(`/history?entity=${customerId}`),
    ];
    const log = await stored();

    expect(changed.body).toMatchObject({ name: `${MARK} Ruiz`, phone: PHONE, email: EMAIL });
    expect(account.body).toMatchObject({ name: `${MARK} Ruiz`, phone: PHONE });
    for (const mark of MARKS) expect([mark, history.text.includes(mark)]).toEqual([mark, true]);
    for (const mark of MARKS) expect([mark, log.includes(mark)]).toEqual([mark, false]);
  });

  it('cannot be guessed from the hashes by which a repeat is recognised', async () => {
    const body = { currency: 'USD', name: MARK, phone: PHONE };
    const first = await shop.post('/customers', body, { key: 'one' });
    const again = await shop.post('/customers', body, { key: 'one' });
    const other = await shop.post('/customers', { ...body, name: 'Ana' }, { key: 'one' });
    const { events } = await shop.world.log.readAll({ after: { commit: -1n, prepare: -1n } });
    const [one, two] = events
      .filter(({ type }) => type === 'AccountOpened')
      .map(({ metadata }) => metadata.fields);
    await shop.post('/customers', body, { key: 'two' });

    expect([first.status, again.body]).toEqual([201, first.body]);
    expect([other.status, other.body['code']]).toEqual([422, 'idempotency_key_reused']);
    expect(one?.['name']).toMatch(/^k:[0-9a-f]{16}$/);
    expect(one?.['currency']).not.toMatch(/^k:/);
    expect(two).toBeUndefined();
  });
});

describe('The erasure of personal data', () => {
  let shop: Shop;
  let customerId: string;
  const opening = { currency: 'USD', name: MARK, phone: PHONE, email: EMAIL };
  beforeEach(async () => {
    shop = await openShop();
    const opened = await shop.post('/customers', opening, { key: 'opened' });
    customerId = opened.body['customerId'] as string;
    await shop.put(`/customers/${customerId}`, { name: `${MARK} Ruiz` }, { key: 'changed' });
    const debt = { amountMinor: 900, currency: 'USD' };
    await shop.post(`/customers/${customerId}/debts`, debt);
  });
  afterEach(() => shop.stop());

  const erase = (options: { role?: Role; key?: string } = {}) =>
    shop.world.call('DELETE', `/customers/${customerId}/personal-data`, {
      key: keyOf('a', options.role ?? 'manager'),
      headers: { 'Idempotency-Key': options.key ?? newKey() },
      json: { reason: 'request of the customer' },
    });
  const expectNoMark = (text: string) => {
    const words = [...MARKS, 'Zoraida', '222333', 'zoraida'];
    expect(words.filter((word) => text.includes(word))).toEqual([]);
  };

  it('removes it from every response, and keeps the sums', async () => {
    const before = await shop.get(`/customers/${customerId}`);
    const erased = await erase();
    const paths = [
      `/customers/${customerId}`,
      '/customers',
      '/customers?search=zoraida',
      '/customers?search=222',
      `/history?entity=${customerId}`,
      `/customers/${customerId}/statement`,
      `/history/customers/${customerId}?asOf=0`,
      `/history/customers/${customerId}/changes?from=0`,
    ];
    const answers = await Promise.all(paths.map((path) => shop.get(path)));

    expect(erased.status).toBe(200);
    for (const { text } of answers) expectNoMark(text);
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
    const [after, , found] = answers;
    expect(before.body['balanceMinor']).toBe(900);
    expect(after?.body).toMatchObject({ name: '(erased)', balanceMinor: 900, owedMinor: 900 });
    expect(after?.body['erasedAt']).toEqual(expect.any(String));
    expect(found?.body['items']).toEqual([]);
    expect(answers[4]?.text).toContain('Personal data erased: request of the customer');
  });

  it('reaches the messages to the person, sent or waiting, and what stores them', async () => {
    const waiting = await shop.post('/notifications', {
      ...{ topic: 'marketing', personId: customerId, variables: { title: 't', details: MARK } },
    });
    await shop.post('/notifications', {
      ...{ topic: 'shipping-update', personId: customerId },
      variables: { orderNumber: '7', trackingNumber: MARK },
    });
    expect(waiting.status).toBe(202);
    const before = await shop.get(`/deliveries?personId=${customerId}`);
    const ids = (before.body['items'] as { deliveryId: string }[]).map((one) => one.deliveryId);
    expect(ids.length).toBeGreaterThan(0);
    expect(before.text).toContain(EMAIL);
    const stored = async () => {
      const { events } = await shop.world.log.readAll({
        ...{ after: START, limit: 1_000, categories: ['delivery'] },
      });
      return JSON.stringify(events, (_key, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
    };
    // Only as ciphertext, from the first moment on.
    expectNoMark(await stored());
    await erase();
    for (const id of ids) {
      let found = await shop.get(`/deliveries/${id}`);
      for (let reads = 0; reads < 2_000 && !found.body['erasedAt']; reads++) {
        found = await shop.get(`/deliveries/${id}`);
      }
    }
    for (const id of ids) {
      const one = await shop.get(`/deliveries/${id}`);
      expectNoMark(one.text);
      expect(one.body).toMatchObject({ state: 'cancelled', recipient: '(erased)' });
    }
    expectNoMark((await shop.get(`/history?entity=${ids[0]}`)).text);
  });

  it('reaches a message that is requested after it: no one is notified any more', async () => {
    await erase();
    // As a request that had read the address before the erasure.
    const { commands } = shop.world.app.services;
    await commands.execute(deliveryDecider, {
      command: {
        type: 'RequestDelivery',
        data: {
          ...{ channel: 'email', priority: 'NORMAL', queue: 'notification-sending' },
          ...{ personId: customerId, recipient: EMAIL, content: { subject: 's', text: MARK } },
        },
      },
      creates: true,
      context: {
        ...{ storeId: 'a', entityId: 'late', commandId: 'late' },
        ...{ now: '2030-01-31T00:00:00.000Z', businessDay: '2030-01-31' },
      },
      actor: { kind: 'process', id: 'test' },
      correlationId: 'late',
      causationId: 'late',
    });
    let found = await shop.get('/deliveries/late');
    for (let reads = 0; reads < 2_000 && !found.body['erasedAt']; reads++) {
      found = await shop.get('/deliveries/late');
    }
    expect(found.body).toMatchObject({ state: 'cancelled', recipient: '(erased)' });
    const asked = await shop.post('/notifications', {
      ...{ topic: 'alert', personId: customerId, contact: { email: EMAIL } },
      variables: { title: 't', details: 'd' },
    });
    expect(asked.body).toMatchObject({
      ...{ deliveries: [], suppressed: [{ channel: 'email', reason: 'erased' }] },
    });
  });

  it('leaves no hash from which an address can be found by trying all', async () => {
    const sent = await shop.post('/notifications', {
      ...{ topic: 'welcome', personId: customerId },
    });
    const [{ deliveryId }] = sent.body['deliveries'] as [{ deliveryId: string }];
    await shop.world.call('POST', '/delivery-reports', {
      key: null,
      json: signedReport(`a.${deliveryId}`),
    });
    await shop.world.untilLogged('/delivery-reports', 0);
    const { events } = await shop.world.log.readAll({ after: START, limit: 1_000 });
    const own = events.filter(({ stream }) => /^(recipient|delivery)-/.test(stream));
    expect(own.map(({ type }) => type)).toContain('DeliveryReported');
    const text = JSON.stringify(own.map(({ data, metadata }) => [data, metadata.fields]));
    const address = EMAIL.toLowerCase();
    const hashes = [address, `:${address}`].map(shortHash);
    expect(hashes.filter((hash) => text.includes(hash))).toEqual([]);
    const plain = fieldHashes({ type: 'DecideNotification', data: { email: EMAIL } });
    expect(text).not.toContain(plain['email']);
    const request = own.find(({ type }) => type === 'DeliveryRequested');
    const { bodyHash } = request?.data as { readonly bodyHash: string };
    const { body } = await shop.get(`/deliveries/${deliveryId}`);
    const message = { recipient: body['recipient'], content: body['content'] };
    expect(bodyHash).not.toContain(shortHash(canonicalJson(['email', message])));
  });

  it('holds for repeats of older commands, and for ever', async () => {
    await erase({ key: 'erased' });
    const again = await erase({ key: 'erased' });
    const anew = await erase();
    const repeated = await shop.put(
      `/customers/${customerId}`,
      { name: `${MARK} Ruiz` },
      { key: 'changed' },
    );
    const changed = await shop.put(`/customers/${customerId}`, { name: 'Ana' });

    expect([again.status, anew.status]).toEqual([200, 200]);
    expect([repeated.status, repeated.body['name']]).toEqual([200, '(erased)']);
    expect([changed.status, changed.body['code']]).toEqual([422, 'customer_erased']);
  });

  it('leaves read models that equal the log, and one that is built again is the same', async () => {
    await erase();
    const before = await shop.get(`/customers/${customerId}`);
    const reports = await shop.world.app.services.projections.audit({ heal: false });
    expect(reports.flatMap(({ damages }) => damages)).toEqual([]);
    const position = await shop.world.log.head();
    for (const name of ['customer-accounts', 'customer-search']) {
      const actor = { kind: 'operator', id: 'test' } as const;
      await shop.world.app.services.projections.rebuild(name, 'test', actor);
    }
    await shop.world.caughtUp();

    expect(position).toBeDefined();
    expect((await shop.get(`/customers/${customerId}`)).body).toEqual(before.body);
  });

  it('is for managers alone, and takes a reason', async () => {
    const refused = await erase({ role: 'till' });
    const unknown = await shop.world.call('DELETE', '/customers/unknown/personal-data', {
      headers: { 'Idempotency-Key': newKey() },
      json: { reason: 'request' },
    });

    expect([refused.status, unknown.status]).toEqual([403, 404]);
    expect((await shop.get(`/customers/${customerId}`)).body['name']).toBe(`${MARK} Ruiz`);
  });
});

describe('The anonymised view', () => {
  let shop: Shop;
  let customerId: string;
  beforeEach(async () => {
    shop = await openShop();
    customerId = await openAccount(shop, { name: MARK, phone: PHONE, email: EMAIL });
    await shop.put(`/customers/${customerId}`, { name: `${MARK} Ruiz` });
  });
  afterEach(() => shop.stop());

  it('is what an auditor gets from lists, details and history', async () => {
    const role = 'auditor';
    const paths = [
      `/customers/${customerId}`,
      '/customers',
      `/history?entity=${customerId}`,
      `/history/customers/${customerId}?asOf=0`,
      `/history/customers/${customerId}/changes?from=0`,
      `/audit?resource=account/${customerId}`,
    ];
    const answers = await Promise.all(paths.map((path) => shop.get(path, { role })));

    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
    for (const { text } of answers) {
      expect(
        ['Zoraida', 'Quintanilla', PHONE, EMAIL].filter((mark) => text.includes(mark)),
      ).toEqual([]);
    }
    expect(answers[0]?.body).toMatchObject({
      name: 'Z*** Q*** R***',
      phone: '**********2*333',
      email: 'zo*****@example.com',
    });
    expect(answers[2]?.text).toContain('Opened for Z*** Q***');
    expect(answers[5]?.text).toContain('Z*** Q*** R***');
  });

  it('cannot be searched, and is not for those who serve customers', async () => {
    const searched = await shop.get('/customers?search=zoraida', { role: 'auditor' });
    const seen = await shop.get(`/customers/${customerId}`, { role: 'till' });

    expect([searched.status, searched.body['code']]).toEqual([403, 'forbidden']);
    expect(seen.body).toMatchObject({ name: `${MARK} Ruiz`, phone: PHONE });
  });
});

describe('The master keys', () => {
  it('are listed and replaced by an operator', async () => {
    const shop = await openShop();
    await openAccount(shop, { name: MARK });
    const rotated = await shop.post('/encryption/rotate', undefined, { role: 'operator' });
    const listed = await shop.get('/encryption', { role: 'operator' });
    const refused = await shop.get('/encryption');
    await shop.stop();

    expect(rotated.status).toBe(200);
    expect(listed.body).toEqual(rotated.body);
    expect(listed.body['masterKeys']).toMatchObject([
      { current: false, subjectKeys: 0 },
      // Of the customer, and of the addresses that requests of this month came from.
      { current: true, subjectKeys: 2 },
    ]);
    expect(refused.status).toBe(403);
  });
});
