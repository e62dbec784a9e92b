import { newKey } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

const admin = { role: 'admin' } as const;
const PASSWORD = 'seven wet umbrellas';

describe('A key that may only manage users', () => {
  let shop: Shop;
  let limited: string;
  beforeAll(async () => {
    shop = await openShop();
    const scopes = ['users:manage', 'orders:read', 'profile:own'];
    const json = { name: 'staff', role: 'admin', scopes };
    limited = String((await shop.post('/keys', json, admin)).body['key']);
  });
  afterAll(() => shop.stop());

  const call = async (method: string, path: string, json?: unknown) => {
    const { status, body } = await shop.world.call(method, path, {
      key: limited,
      headers: { 'idempotency-key': newKey() },
      ...(json !== undefined && { json }),
    });
    return [status, body['code']];
  };
  const forbidden = [403, 'forbidden'];
  const userOf = async (role: string, email: string) => {
    const json = { email, password: PASSWORD, roles: [{ role }] };
    return String((await shop.post('/users', json, admin)).body['userId']);
  };

  it('gives no role that can do more than the key', async () => {
    const root = { email: 'root@shop.example', password: PASSWORD, roles: [{ role: 'admin' }] };
    expect(await call('POST', '/users', root)).toEqual(forbidden);
    const ofBranch = { ...root, roles: [{ role: 'manager', branchId: 'north' }] };
    expect(await call('POST', '/users', ofBranch)).toEqual(forbidden);
    const none = { email: 'none@shop.example', roles: [] };
    expect((await call('POST', '/users', none))[0]).toBe(201);
    const listed = await shop.get('/users?email=none%40shop.example', admin);
    const [{ userId } = { userId: '' }] = listed.body['items'] as { userId: string }[];
    const roles = [{ role: 'waiter' }];
    expect(await call('PUT', `/users/${userId}`, { roles })).toEqual(forbidden);
    expect((await call('PUT', `/users/${userId}`, { firstName: 'Ana' }))[0]).toBe(200);
  });

  it('gets no PIN, invitation or return of a user that can do more', async () => {
    const userId = await userOf('admin', 'boss@shop.example');
    expect(await call('PUT', `/users/${userId}/pin`, { pin: '4711' })).toEqual(forbidden);
    expect(await call('POST', `/users/${userId}/invitation`, {})).toEqual(forbidden);
    expect(await call('PUT', `/users/${userId}`, { isActive: true })).toEqual(forbidden);
    await shop.remove(`/users/${userId}`, undefined, admin);
    expect(await call('POST', `/users/${userId}/restore`, {})).toEqual(forbidden);
    expect((await shop.post(`/users/${userId}/restore`, {}, admin)).status).toBe(200);
  });

  it('is no limit for an administrator, also with roles of one branch', async () => {
    const roles = [{ role: 'admin', branchId: 'north' }, { role: 'till' }];
    const json = { email: 'bea@shop.example', password: PASSWORD, roles };
    const added = await shop.post('/users', json, admin);
    expect(added.status).toBe(201);
    const path = `/users/${String(added.body['userId'])}`;
    expect((await shop.put(`${path}/pin`, { pin: '4711' }, admin)).status).toBe(200);
    expect((await shop.post(`${path}/invitation`, {}, admin)).status).toBe(201);
  });
});
