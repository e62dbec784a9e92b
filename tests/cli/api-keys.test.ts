import { createApiClient } from '../../src/cli/api-client.ts';
import {
  addApiKey,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
} from '../../src/cli/api-keys/operations.ts';
import { openShop, type Shop } from '../api/routes/support/shop.ts';
import { keyOf } from '../api/support/api-world.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

function printing(json = false, key = keyOf('a', 'admin')) {
  const printed: string[] = [];
  const client = createApiClient(shop.world.url, key);
  return { client, json, out: (text: string) => printed.push(text), printed };
}
const statusOf = async (key: string, path = '/orders') =>
  (await shop.world.call('GET', path, { key })).status;
const listed = async () => {
  await shop.world.caughtUp();
  const to = printing(true);
  await listApiKeys(to);
  return to.printed.map((line) => JSON.parse(line) as { keyId: string; name: string });
};

describe('tillstream api-keys', () => {
  it('adds a key with scopes, prints only the key, and lists it without', async () => {
    const none = printing();
    await listApiKeys(none);
    expect(none.printed).toEqual(['no keys\n']);
    const to = printing();
    const scopes = ['orders:read'];
    await addApiKey(to, { name: 'export', role: 'viewer', branchId: 'north', scopes });
    const key = to.printed.join('').trim();
    expect(key).toMatch(/^tsk_a_[0-9a-f]{32}_[0-9a-f]{64}$/);
    expect([await statusOf(key), await statusOf(key, '/products')]).toEqual([200, 403]);
    await shop.world.caughtUp();
    const list = printing();
    await listApiKeys(list);
    const text = list.printed.join('');
    expect(text).toMatch(/ {2}active {2}viewer in north {2}orders:read {2}until revoked {2}last/);
    expect(text).not.toContain(key.slice(-64));
  });

  it('rotates a key with an overlap, then revokes it', async () => {
    const added = printing();
    await addApiKey(added, { name: 'kitchen screen', role: 'kitchen' });
    const first = added.printed.join('').trim();
    const keyId = (await listed()).find(({ name }) => name === 'kitchen screen')?.keyId ?? '';
    const rotated = printing(true);
    await rotateApiKey(rotated, keyId, 2);
    const { key, previousUntil } = JSON.parse(rotated.printed.join('')) as Record<string, string>;
    expect([await statusOf(first), await statusOf(key ?? '')]).toEqual([200, 200]);
    expect(Date.parse(previousUntil ?? '')).toBeGreaterThan(Date.now());
    const revoked = printing();
    await revokeApiKey(revoked, keyId);
    expect(revoked.printed).toEqual([`key ${keyId} revoked\n`]);
    await expect(rotateApiKey(printing(), keyId, 2)).rejects.toThrow('api_key_revoked');
  });

  it('passes on what the server refuses', async () => {
    const wrong = { name: 'x', role: 'kitchen', scopes: ['orders:write'] };
    await expect(addApiKey(printing(), wrong)).rejects.toThrow('invalid_scope');
    const manager = printing(false, keyOf('a', 'manager'));
    await expect(listApiKeys(manager)).rejects.toThrow('forbidden');
    await expect(revokeApiKey(printing(), 'none')).rejects.toThrow('api_key_not_found');
  });
});
