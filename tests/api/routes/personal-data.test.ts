import { openAccount, openShop, type Shop } from './support/shop.ts';

const MARK = 'Zoraida Quintanilla';
const PHONE = '+34 611 222 333';
const EMAIL = 'zoraida@example.com';
const MARKS = [MARK, PHONE, EMAIL];

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
      { current: true, subjectKeys: 1 },
    ]);
    expect(refused.status).toBe(403);
  });
});
