import { START } from '../../../src/domain/kernel/position.ts';
import type { Vault } from '../../../src/ports/vault.ts';
import { keyOf, newKey } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

const admin = { role: 'admin' } as const;
const PASSWORD = 'seven wet umbrellas';
const EMAIL = 'zoraida@quintanilla.example';
const PERSON = { email: EMAIL, firstName: 'Zoraida', lastName: 'Quintanilla' };
const MARKS = ['zoraida', 'quintanilla', 'novamark'];
const KINDS = ['user-email', 'password', 'pin', 'invitation'];

describe('The erasure of a user', () => {
  let shop: Shop;
  let vault: Vault;
  let userId: string;
  beforeEach(async () => {
    shop = await openShop({ wrapVault: (given) => (vault = given) });
    const roles = [{ role: 'manager' }];
    const added = await shop.post('/users', { ...PERSON, roles, password: PASSWORD }, admin);
    userId = String(added.body['userId']);
    await shop.put(`/users/${userId}`, { lastName: 'Novamark', email: `new.${EMAIL}` }, admin);
    await shop.put(`/users/${userId}/pin`, { pin: '4711' }, admin);
    await shop.post(`/users/${userId}/invitation`, {}, admin);
  });
  afterEach(() => shop.stop());

  const erase = (options: { id?: string; key?: string; caller?: string } = {}) =>
    shop.world.call('DELETE', `/users/${options.id ?? userId}/personal-data`, {
      key: options.caller ?? keyOf('a', 'admin'),
      headers: { 'Idempotency-Key': options.key ?? newKey() },
      json: { reason: 'request of the person' },
    });
  const marksIn = (text: string) => MARKS.filter((mark) => text.toLowerCase().includes(mark));
  const login = (email: string) =>
    shop.world.call('POST', '/auth/login', {
      key: null,
      json: { email, password: PASSWORD, storeId: 'a' },
    });
  const log = async () => {
    const { events } = await shop.world.log.readAll({ after: START, limit: 500 });
    return events;
  };
  const vaultOf = async () => {
    const found = KINDS.map((kind) => vault.list({ storeId: 'a', kind }, { limit: 1_000 }));
    return (await Promise.all(found)).flat();
  };

  it('finds names and addresses encrypted in the log before it, and shown as they are', async () => {
    const own = (await log()).filter(({ stream }) => stream.startsWith('user-a.'));
    expect(own.map(({ type }) => type)).toEqual([
      'UserRegistered',
      'UserChanged',
      'UserPinChanged',
      'UserInvitationIssued',
    ]);
    expect(marksIn(JSON.stringify(own.map(({ data, metadata }) => [data, metadata])))).toEqual([]);
    const shown = await shop.get(`/users/${userId}`, admin);
    expect(shown.body).toMatchObject({ firstName: 'Zoraida', lastName: 'Novamark' });
    const history = await shop.get(`/history/users/${userId}?asOf=0`, admin);
    expect(history.body).toMatchObject({ user: { lastName: 'Quintanilla', email: EMAIL } });
  });

  it('leaves nothing readable in any response, and nothing in the vault', async () => {
    expect((await login(`new.${EMAIL}`)).status).toBe(200);
    expect((await vaultOf()).length).toBeGreaterThanOrEqual(4);
    const erased = await erase();
    expect([erased.status, erased.body['status']]).toEqual([200, 'deleted']);
    const paths = [
      ...['/users', `/users/${userId}`, '/users?status=deleted', `/history?entity=${userId}`],
      ...[`/history/users/${userId}?asOf=0`, `/audit?limit=200&resource=user/${userId}`],
    ];
    for (const path of paths) {
      const { status, text } = await shop.get(path, admin);
      expect([path, status, marksIn(text)]).toEqual([path, 200, []]);
    }
    expect(marksIn(erased.text)).toEqual([]);
    expect(await vaultOf()).toEqual([]);
    expect(marksIn(shop.world.lines.join('\n'))).toEqual([]);
    const shown = await shop.get(`/users/${userId}`, admin);
    expect(shown.body).toMatchObject({ status: 'deleted', email: 'erased@erased.invalid' });
    expect(shown.body['erasedAt']).toBe(shown.body['deletedAt']);
  });

  it('reaches the messages to the user, and what stands for the address is no recipient', async () => {
    const sent = await shop.post('/notifications', {
      ...{ topic: 'alert', personId: userId, contact: { email: EMAIL } },
      variables: { title: 'Zoraida', details: 'd' },
    });
    const [{ deliveryId }] = sent.body['deliveries'] as [{ deliveryId: string }];
    await erase();
    let found = await shop.get(`/deliveries/${deliveryId}`);
    for (let reads = 0; reads < 2_000 && !found.body['erasedAt']; reads++) {
      found = await shop.get(`/deliveries/${deliveryId}`);
    }
    expect(marksIn(found.text)).toEqual([]);
    expect(found.body).toMatchObject({ recipient: '(erased)' });
    // As of an event that is read for the first time after the erasure.
    const { notifier } = shop.world.app.services;
    const late = await notifier.notify({
      ...{ storeId: 'a', personId: 'another', topic: 'welcome', notificationId: 'late' },
      ...{ contact: { email: 'erased@erased.invalid' }, variables: {}, ofEvent: true },
      ...{ actor: { kind: 'process', id: 'test' }, correlationId: 'late', causationId: 'late' },
    });
    expect(late).toEqual({ deliveries: [], suppressed: [] });
  });

  it('says who erased and why, once', async () => {
    await erase({ key: 'first' });
    await erase({ key: 'first' });
    await erase();
    const events = (await log()).filter(({ type }) => type === 'UserDataErased');
    expect(events).toHaveLength(1);
    expect(events[0]?.data).toEqual({ userId, reason: 'request of the person' });
    expect(events[0]?.metadata.actor).toEqual({ kind: 'key', id: 'a-admin' });
  });

  it('ends sessions and sign-in for good, and frees the address', async () => {
    const signedIn = await login(`new.${EMAIL}`);
    const access = String(signedIn.body['accessToken']);
    await erase();
    expect((await login(`new.${EMAIL}`)).status).toBe(401);
    const refreshToken = signedIn.body['refreshToken'];
    const refreshed = await shop.world.call('POST', '/auth/refresh', {
      key: null,
      json: { refreshToken },
    });
    expect(refreshed.status).toBe(401);
    expect(access).not.toBe('');
    for (const [method, path, json] of [
      ['POST', `/users/${userId}/restore`, {}],
      ['PUT', `/users/${userId}`, { firstName: 'Ana' }],
      ['PUT', `/users/${userId}/pin`, { pin: '4711' }],
    ] as const) {
      const headers = { 'Idempotency-Key': newKey() };
      const refused = await shop.world.call(method, path, {
        key: keyOf('a', 'admin'),
        headers,
        json,
      });
      expect([path, refused.status, refused.body['code']]).toEqual([path, 422, 'user_erased']);
    }
    const again = { ...PERSON, email: `new.${EMAIL}`, roles: [] };
    expect((await shop.post('/users', again, admin)).status).toBe(201);
  });

  it('needs the right to manage users, a reason, and another user', async () => {
    expect((await erase({ caller: keyOf('a', 'manager') })).status).toBe(403);
    expect((await erase({ caller: keyOf('b', 'admin') })).status).toBe(404);
    const without = await shop.remove(`/users/${userId}/personal-data`, {}, admin);
    expect(without.status).toBe(400);
    await shop.put(`/users/${userId}`, { roles: [{ role: 'admin' }] }, admin);
    const access = String((await login(`new.${EMAIL}`)).body['accessToken']);
    expect((await erase({ caller: access })).status).toBe(403);
  });
});
