import { systemClock } from '../../../src/adapters/system/clock.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import { newKey } from '../support/api-world.ts';
import { openShop, saleOf, type Shop } from './support/shop.ts';

const admin = { role: 'admin' } as const;

describe('API keys of machines', () => {
  let shop: Shop;
  let aheadMs: number;
  beforeEach(async () => {
    aheadMs = 0;
    const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    shop = await openShop({ clock });
  });
  afterEach(() => shop.stop());

  const add = async (more: Record<string, unknown> = {}, key = newKey()) => {
    const json = { name: 'export', role: 'manager', ...more };
    const added = await shop.post('/keys', json, { ...admin, key });
    expect(added.status).toBe(201);
    return { keyId: String(added.body['keyId']), key: String(added.body['key']) };
  };
  const callWith = (key: string, method: string, path: string, json?: unknown) =>
    shop.world.call(method, path, {
      key,
      headers: { 'idempotency-key': newKey() },
      ...(json !== undefined && { json }),
    });
  const statusOf = async (key: string) => (await callWith(key, 'GET', '/orders')).status;
  const later = (ms: number) => {
    aheadMs += ms;
  };

  it('act with their role, and stand in no event, list or document', async () => {
    const repeat = newKey();
    const { keyId, key } = await add({}, repeat);
    expect(await add({}, repeat)).toEqual({ keyId, key });
    const placed = await callWith(key, 'POST', '/orders', saleOf(100));
    expect(placed.status).toBe(202);
    expect((await callWith(key, 'GET', '/users')).status).toBe(403);
    const { events } = await shop.world.log.readAll({ after: START, limit: 100 });
    const order = events.find(({ type }) => type === 'OrderPlaced');
    expect(order?.metadata.actor).toEqual({ kind: 'key', id: keyId });
    const shown = await shop.get(`/keys/${keyId}`, admin);
    const secret = key.slice(-64);
    for (const text of [JSON.stringify(events.map(({ data }) => data)), shown.text]) {
      expect(text).not.toContain(secret);
    }
    expect(shop.world.lines.join('\n')).not.toContain(secret);
    expect(shown.body).toMatchObject({ name: 'export', role: 'manager', status: 'active' });
    expect(Date.parse(String(shown.body['lastUsedAt']))).toBeGreaterThan(0);
  });

  it('have only the named permissions of their role, and only in their branch', async () => {
    const { key } = await add({ scopes: ['orders:read'], branchId: 'north' });
    expect(await statusOf(key)).toBe(200);
    const denied = await callWith(key, 'POST', '/orders', saleOf(100));
    expect([denied.status, denied.body['detail']]).toEqual([
      403,
      expect.stringContaining('found manager in north limited to orders:read'),
    ]);
    const south = await shop.world.call('GET', '/orders', {
      key,
      headers: { 'x-branch-id': 'south' },
    });
    expect(south.status).toBe(403);
    const wrong = { name: 'x', role: 'kitchen', scopes: ['orders:write'] };
    const refused = await shop.post('/keys', wrong, admin);
    expect([refused.status, refused.body['code']]).toEqual([422, 'invalid_scope']);
  });

  it('give no more than the key that adds them has', async () => {
    const { key } = await add({ role: 'admin', scopes: ['keys:manage'] });
    const more = await callWith(key, 'POST', '/keys', { name: 'root', role: 'admin' });
    expect([more.status, more.body['code']]).toEqual([403, 'forbidden']);
    const same = { name: 'same', role: 'admin', scopes: ['keys:manage'] };
    expect((await callWith(key, 'POST', '/keys', same)).status).toBe(201);
    const other = await add();
    const rotated = await callWith(key, 'POST', `/keys/${other.keyId}/rotate`, {});
    expect(rotated.status).toBe(403);
  });

  it('are valid twice for the time of a rotation, and then only with the new secret', async () => {
    const { keyId, key } = await add();
    const again = { ...admin, key: newKey() };
    const rotated = await shop.post(`/keys/${keyId}/rotate`, { overlapHours: 2 }, again);
    const next = String(rotated.body['key']);
    expect(next).not.toBe(key);
    expect([await statusOf(key), await statusOf(next)]).toEqual([200, 200]);
    const repeated = await shop.post(`/keys/${keyId}/rotate`, { overlapHours: 2 }, again);
    expect(repeated.body['key']).toBe(next);
    later(2 * 3_600_000);
    expect([await statusOf(key), await statusOf(next)]).toEqual([401, 200]);
    const last = await shop.post(`/keys/${keyId}/rotate`, { overlapHours: 0 }, admin);
    later(1_000);
    expect([await statusOf(next), await statusOf(String(last.body['key']))]).toEqual([401, 200]);
  });

  it('end at their time, with an answer that says so', async () => {
    const expiresAt = new Date(systemClock.now() + 60_000).toISOString();
    const { key } = await add({ expiresAt });
    expect(await statusOf(key)).toBe(200);
    later(60_000);
    const answer = await callWith(key, 'GET', '/orders');
    expect([answer.status, answer.body['code']]).toEqual([401, 'key_expired']);
    const past = await shop.post('/keys', { name: 'x', role: 'viewer', expiresAt }, admin);
    expect([past.status, past.body['code']]).toEqual([422, 'expired_already']);
    const nonsense = { name: 'x', role: 'viewer', expiresAt: 'the day after tomorrow' };
    expect((await shop.post('/keys', nonsense, admin)).body['code']).toBe('expired_already');
  });

  it('end within a second of their revocation, for good', async () => {
    const { keyId, key } = await add();
    expect(await statusOf(key)).toBe(200);
    const revoked = await shop.remove(`/keys/${keyId}`, undefined, admin);
    expect(revoked.body).toMatchObject({ status: 'revoked' });
    later(1_000);
    expect(await statusOf(key)).toBe(401);
    const rotated = await shop.post(`/keys/${keyId}/rotate`, {}, admin);
    expect([rotated.status, rotated.body['code']]).toEqual([422, 'api_key_revoked']);
  });

  it('are refused for another shop, another key and a guessed secret', async () => {
    const { key } = await add();
    const other = await add();
    const [, , keyId = '', secret = ''] = other.key.split('_');
    const wrong = [
      key.replace('tsk_a_', 'tsk_b_'),
      key.replace('tsk_a_', 'tsk_nosuchshop_'),
      key.replace(keyId, '0'.repeat(32)).slice(0, -1),
      `tsk_a_${key.split('_')[2]}_${secret}`,
      `tsk_a_${'0'.repeat(32)}_${secret}`,
    ];
    for (const token of wrong) expect(await statusOf(token)).toBe(401);
  });

  it('show each of their changes in the audit trail, with severity HIGH', async () => {
    const { keyId } = await add();
    await shop.post(`/keys/${keyId}/rotate`, {}, admin);
    await shop.remove(`/keys/${keyId}`, undefined, admin);
    const audit = await shop.get('/audit?severity=HIGH&order=oldest', admin);
    const items = audit.body['items'] as { action: string; outcome: string }[];
    expect(items.map(({ action }) => action)).toEqual([
      'ApiKeyAdded',
      'ApiKeyRotated',
      'ApiKeyRevoked',
    ]);
  });
});
