import { keyOf, newKey } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

const PATH = '/system/configuration/orders.print-copies';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.stop());

const admin = { role: 'admin' } as const;
const put = (value: unknown, path = PATH) => shop.put(path, { value }, admin);
const remove = (path = PATH) =>
  shop.world.call('DELETE', path, {
    key: keyOf('a', 'admin'),
    headers: { 'Idempotency-Key': newKey() },
  });

describe('The settings of a shop', () => {
  it('are set, read, listed and removed', async () => {
    const set = await put(2);
    expect([set.status, set.body['value']]).toEqual([200, 2]);
    const read = await shop.get(PATH, admin);
    expect(read.body).toMatchObject({ key: 'orders.print-copies', value: 2, updatedBy: 'a-admin' });
    expect(read.headers.get('etag')).toBe('"0"');
    await put(['kitchen', 'bar'], '/system/configuration/printers');
    const list = await shop.get('/system/configuration', admin);
    expect((list.body['items'] as { key: string }[]).map(({ key }) => key)).toEqual([
      'orders.print-copies',
      'printers',
    ]);

    const removed = await remove();

    expect([removed.status, 'value' in removed.body]).toEqual([200, false]);
    expect((await shop.get(PATH, admin)).status).toBe(404);
    expect((await remove()).status).toBe(404);
    expect((await put(3)).body).toMatchObject({ value: 3, revision: 2 });
  });

  it('show in the audit trail what they were before', async () => {
    await put(2);
    await put(3);
    await remove();

    const answer = await shop.get('/audit?severity=MEDIUM&order=oldest');

    const items = answer.body['items'] as Record<string, unknown>[];
    expect(items.map(({ action, before, after }) => ({ action, before, after }))).toMatchObject([
      { action: 'SettingChanged', before: null, after: { value: 2 } },
      { action: 'SettingChanged', before: { value: 2 }, after: { value: 3 } },
      { action: 'SettingRemoved', before: { value: 3 }, after: null },
    ]);
    expect(items[0]).toMatchObject({
      userId: 'a-admin',
      resource: 'setting/orders.print-copies',
    });
  });

  it('never hold a secret, not even in a log', async () => {
    const secret = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc';
    const refused = await put(secret);

    expect([refused.status, refused.body['code']]).toEqual([400, 'setting_is_secret']);
    expect(refused.text).not.toContain(secret);
    expect(shop.world.lines.join('\n')).not.toContain(secret);
    expect((await shop.get(PATH, admin)).status).toBe(404);
  });

  it.each(['till', 'manager', 'operator', 'viewer'] as const)('are not for a %s', async (role) => {
    expect((await shop.get('/system/configuration', { role })).status).toBe(403);
    expect((await shop.put(PATH, { value: 1 }, { role })).status).toBe(403);
  });

  it('are kept apart from those of another shop', async () => {
    await put(2);

    expect((await shop.get(PATH, { ...admin, store: 'b' })).status).toBe(404);
    expect(
      (await shop.get('/system/configuration', { ...admin, store: 'b' })).body['items'],
    ).toEqual([]);
  });

  it.each(['X', 'a..b', 'a b', '9a', 'a'.repeat(41), '__proto__'])(
    'have keys of one form: not %s',
    async (key) => {
      const answer = await put(1, `/system/configuration/${encodeURIComponent(key)}`);

      expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
    },
  );

  it.each([null, {}, 1e300, 'x'.repeat(2_001), [1], undefined])(
    'have values of a few forms: not %j',
    async (value) => {
      expect((await put(value)).status).toBe(400);
    },
  );
});
