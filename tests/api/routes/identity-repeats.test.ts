import { systemClock } from '../../../src/adapters/system/clock.ts';
import { DomainError, UpstreamError } from '../../../src/domain/kernel/errors.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { Vault } from '../../../src/ports/vault.ts';
import { type Answer, keyOf, newKey } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

const PASSWORD = 'seven wet umbrellas';
const OTHER = 'eight dry umbrellas';
const KINDS = [
  'user-email',
  'password',
  'password-next',
  'pin',
  'invitation',
  'api-key',
  'device-token',
];

interface Sent {
  /** Null: without one. */
  readonly token?: string | null;
  readonly key?: string;
}

describe('Repeats of writes about users, keys and devices', () => {
  let shop: Shop;
  let vault: Vault;
  let aheadMs: number;
  /** The next record of this kind is not stored. */
  let failing: string | undefined;
  /** Happens before the next event about a user. */
  let beforeEvent: (() => Promise<void>) | undefined;
  /** Happens after the next password is prepared. */
  let afterPrepared: (() => void) | undefined;
  beforeEach(async () => {
    aheadMs = 0;
    failing = undefined;
    beforeEvent = undefined;
    afterPrepared = undefined;
    const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const wrapVault = (given: Vault): Vault => {
      vault = given;
      return {
        ...given,
        async put(key, record, revision) {
          if (key.kind === failing) {
            failing = undefined;
            throw new UpstreamError('store_unavailable', 'the vault is gone for a moment');
          }
          const outcome = await given.put(key, record, revision);
          if (key.kind !== 'password-next') return outcome;
          afterPrepared?.();
          afterPrepared = undefined;
          return outcome;
        },
      };
    };
    const wrapLog = (given: EventLog): EventLog =>
      Object.assign(Object.create(given) as EventLog, {
        append: async (...args: Parameters<EventLog['append']>) => {
          const happens = args[0].startsWith('user-') ? beforeEvent : undefined;
          if (happens) beforeEvent = undefined;
          await happens?.();
          return given.append(...args);
        },
      });
    shop = await openShop({ clock, wrapVault, wrapLog });
  });
  afterEach(() => shop.stop());

  const call = (
    method: string,
    path: string,
    json?: unknown,
    { token = keyOf('a', 'admin'), key = newKey() }: Sent = {},
  ) =>
    shop.world.call(method, path, {
      key: token,
      headers: { 'idempotency-key': key },
      ...(json !== undefined && { json }),
    });
  /** A write, and how to send it again. */
  async function write(method: string, path: string, json?: unknown) {
    const key = newKey();
    const first = await call(method, path, json, { key });
    expect([path, first.status < 300]).toEqual([path, true]);
    return { body: first.body, again: (other = json) => call(method, path, other, { key }) };
  }
  const user = (email: string, more: object = { password: PASSWORD }) =>
    write('POST', '/users', { email, roles: [{ role: 'waiter' }], ...more });
  const idOf = ({ body }: { body: Record<string, unknown> }) => String(body['userId']);
  const login = async (email: string, password = PASSWORD) =>
    (await call('POST', '/auth/login', { email, password, storeId: 'a' }, { token: null })).status;
  const reused = ({ status, body }: Answer, field: string) => {
    expect([status, body['code'], body['details']]).toEqual([
      422,
      'idempotency_key_reused',
      expect.objectContaining({ fields: [field] }),
    ]);
  };
  const till = async () => {
    const { body } = await write('POST', '/devices', { name: 'till', branchId: 'north' });
    const token = String(body['token']);
    return async (userId: string, pin: string) =>
      (await call('POST', '/auth/pin', { userId, pin }, { token })).status;
  };
  const register = async (token: string, password = PASSWORD) => {
    const json = { token, password, firstName: 'Bea' };
    return call('POST', '/auth/register', json, { token: null });
  };
  const tokenOf = ({ body }: { body: Record<string, unknown> }) =>
    String((body['invitation'] as { token: string } | undefined)?.token ?? body['token']);
  const stored = async () => {
    const found = KINDS.map((kind) => vault.list({ storeId: 'a', kind }, { limit: 100 }));
    return (await Promise.all(found)).flat().map(({ kind, id }) => `${kind} ${id}`);
  };

  it('with another password or PIN are refused, and change none', async () => {
    const added = await user('ana@shop.example');
    reused(
      await added.again({
        ...{ email: 'ana@shop.example', roles: [{ role: 'waiter' }] },
        password: OTHER,
      }),
      'passwordDigest',
    );
    expect([await login('ana@shop.example', OTHER), await login('ana@shop.example')]).toEqual([
      401, 200,
    ]);
    const signIn = await till();
    const pin = await write('PUT', `/users/${idOf(added)}/pin`, { pin: '4711' });
    reused(await pin.again({ pin: '9382' }), 'pinDigest');
    expect(await signIn(idOf(added), '9382')).toBe(401);
    expect(await signIn(idOf(added), '4711')).toBe(200);
    const { events } = await shop.world.log.readAll({ after: START, limit: 100 });
    expect(JSON.stringify(events.map(({ data }) => data))).not.toMatch(/digest/i);
  });

  it('that come late bring no earlier PIN back, and take no later one away', async () => {
    const userId = idOf(await user('ana@shop.example'));
    const signIn = await till();
    const first = await write('PUT', `/users/${userId}/pin`, { pin: '4711' });
    const removed = await write('DELETE', `/users/${userId}/pin`);
    expect((await first.again()).status).toBe(200);
    expect(await signIn(userId, '4711')).toBe(401);
    await write('PUT', `/users/${userId}/pin`, { pin: '9382' });
    expect((await first.again()).status).toBe(200);
    expect((await removed.again()).status).toBe(200);
    expect(await signIn(userId, '4711')).toBe(401);
    expect(await signIn(userId, '9382')).toBe(200);
  });

  it('that come late bring no earlier password back', async () => {
    const added = await user('ana@shop.example');
    const invited = await write('POST', `/users/${idOf(added)}/invitation`, {});
    expect((await register(tokenOf(invited), OTHER)).status).toBe(201);
    expect((await added.again()).status).toBe(201);
    expect([await login('ana@shop.example'), await login('ana@shop.example', OTHER)]).toEqual([
      401, 200,
    ]);
  });

  it('that come late make no invitation valid again, and replace no later one', async () => {
    const added = await user('bea@shop.example', {});
    const path = `/users/${idOf(added)}/invitation`;
    const second = await write('POST', path, {});
    const third = await write('POST', path, {});
    for (const { again } of [added, second]) expect((await again()).status).toBe(201);
    expect((await register(tokenOf(added))).status).toBe(401);
    expect((await register(tokenOf(second))).status).toBe(401);
    expect((await register(tokenOf(third))).status).toBe(201);
    const repeated = await third.again();
    expect([repeated.status, tokenOf(repeated)]).toEqual([201, tokenOf(third)]);
    expect((await register(tokenOf(third), OTHER)).body['code']).toBe('invalid_token');
    expect([await login('bea@shop.example'), await login('bea@shop.example', OTHER)]).toEqual([
      200, 401,
    ]);
  });

  it('that come late lengthen no invitation', async () => {
    const added = await user('bea@shop.example', {});
    const { expiresAt } = added.body['invitation'] as { expiresAt: string };
    aheadMs += 8 * 86_400_000;
    const repeated = (await added.again()).body['invitation'];
    expect(repeated).toMatchObject({ expiresAt });
    expect((await register(tokenOf(added))).status).toBe(401);
  });

  it('that come late give a user no earlier address, and release none', async () => {
    const added = await user('first@shop.example');
    const path = `/users/${idOf(added)}`;
    const second = await write('PUT', path, { email: 'second@shop.example' });
    await write('PUT', path, { email: 'third@shop.example' });
    expect((await added.again()).status).toBe(201);
    expect((await second.again()).body).toMatchObject({ email: 'second@shop.example' });
    expect([await login('second@shop.example'), await login('third@shop.example')]).toEqual([
      401, 200,
    ]);
    await user('first@shop.example');
    await user('second@shop.example');
    const taken = { email: 'third@shop.example', roles: [] };
    expect((await call('POST', '/users', taken)).body['code']).toBe('email_taken');
    // A command that is refused, or for no user, holds no address either.
    await write('DELETE', path);
    const none = { email: 'fourth@shop.example' };
    expect((await call('PUT', path, none)).body['code']).toBe('user_deleted');
    expect((await call('PUT', '/users/nobody', none)).body['code']).toBe('user_not_found');
    await user('fourth@shop.example');
  });

  it('store nothing of a user whose data was erased', async () => {
    const added = await user('ana@shop.example');
    const path = `/users/${idOf(added)}`;
    const writes = [
      added,
      await write('PUT', path, { email: 'other@shop.example' }),
      await write('PUT', path, { email: 'third@shop.example' }),
      await write('PUT', `${path}/pin`, { pin: '4711' }),
      await write('POST', `${path}/invitation`, {}),
    ];
    expect(await stored()).toHaveLength(4);
    await write('DELETE', `${path}/personal-data`, { reason: 'request of the person' });
    expect(await stored()).toEqual([]);
    for (const { again } of writes) expect((await again()).status).toBeLessThan(300);
    expect(await stored()).toEqual([]);
  });

  it('store nothing of a key or device that was revoked', async () => {
    const key = await write('POST', '/keys', { name: 'export', role: 'viewer' });
    const keyPath = `/keys/${String(key.body['keyId'])}`;
    const rotated = await write('POST', `${keyPath}/rotate`, {});
    const device = await write('POST', '/devices', { name: 'till', branchId: 'north' });
    expect(await stored()).toHaveLength(2);
    await write('DELETE', keyPath);
    await write('DELETE', `/devices/${String(device.body['deviceId'])}`);
    for (const { again } of [key, rotated, device]) {
      expect((await again()).status).toBeLessThan(300);
    }
    expect(await stored()).toEqual([]);
  });

  it.each(['password', 'user-email'])(
    'complete what a failure of the vault for %s left',
    async (kind) => {
      const json = { email: 'ana@shop.example', roles: [], password: PASSWORD };
      const key = newKey();
      failing = kind;
      expect((await call('POST', '/users', json, { key })).status).toBe(503);
      expect(await login('ana@shop.example')).toBe(401);
      expect((await call('POST', '/users', json, { key })).status).toBe(201);
      expect(await login('ana@shop.example')).toBe(200);
    },
  );

  it('complete a registration and a PIN that the vault did not take', async () => {
    const added = await user('bea@shop.example', {});
    failing = 'password';
    expect((await register(tokenOf(added))).status).toBe(503);
    expect((await register(tokenOf(added), OTHER)).body['code']).toBe('invalid_token');
    expect((await register(tokenOf(added))).status).toBe(201);
    expect(await login('bea@shop.example')).toBe(200);
    const signIn = await till();
    await write('PUT', `/users/${idOf(added)}/pin`, { pin: '4711' });
    failing = 'pin';
    const key = newKey();
    const path = `/users/${idOf(added)}/pin`;
    expect((await call('PUT', path, { pin: '9382' }, { key })).status).toBe(503);
    // The event ended the PIN before.
    expect(await signIn(idOf(added), '4711')).toBe(401);
    expect((await call('PUT', path, { pin: '9382' }, { key })).status).toBe(200);
    expect(await signIn(idOf(added), '9382')).toBe(200);
  });

  it('are not needed to sign in with a new password that the vault did not take', async () => {
    await user('ana@shop.example');
    const credentials = { email: 'ana@shop.example', password: PASSWORD, storeId: 'a' };
    const signedIn = await call('POST', '/auth/login', credentials, { token: null });
    const token = String(signedIn.body['accessToken']);
    failing = 'password';
    const json = { currentPassword: PASSWORD, newPassword: OTHER };
    expect((await call('PUT', '/auth/password', json, { token })).status).toBe(503);
    expect([await login('ana@shop.example'), await login('ana@shop.example', OTHER)]).toEqual([
      401, 200,
    ]);
    expect((await stored()).filter((one) => one.startsWith('password-next'))).toEqual([]);
  });

  it('make a first password valid only by its event, whoever tries it before', async () => {
    const added = await user('bea@shop.example', {});
    beforeEvent = () =>
      Promise.reject(new DomainError('weak_password', 'refused after it was prepared'));
    expect((await register(tokenOf(added))).body['code']).toBe('weak_password');
    expect(await login('bea@shop.example')).toBe(401);
    expect((await register(tokenOf(added), OTHER)).status).toBe(201);
    expect([await login('bea@shop.example'), await login('bea@shop.example', OTHER)]).toEqual([
      401, 200,
    ]);
  });

  it('of two passwords at once, make only the one valid that the log took', async () => {
    const added = await user('bea@shop.example', {});
    let other: Promise<Answer> | undefined;
    // The other one is prepared before the event of the first one, which the vault then misses.
    beforeEvent = () =>
      new Promise((resolve) => {
        afterPrepared = () => {
          failing = 'password';
          resolve();
        };
        other = register(tokenOf(added), OTHER);
      });
    expect((await register(tokenOf(added))).status).toBe(503);
    expect((await other)?.body['code']).toBe('invalid_token');
    expect(await login('bea@shop.example', OTHER)).toBe(401);
    expect((await register(tokenOf(added))).status).toBe(201);
    expect([await login('bea@shop.example'), await login('bea@shop.example', OTHER)]).toEqual([
      200, 401,
    ]);
  });

  it('leave the password that is valid when the change was not recorded', async () => {
    const added = await user('ana@shop.example');
    const credentials = { email: 'ana@shop.example', password: PASSWORD, storeId: 'a' };
    const signedIn = await call('POST', '/auth/login', credentials, { token: null });
    const token = String(signedIn.body['accessToken']);
    const refused = await shop.world.call('PUT', '/auth/password', {
      key: token,
      headers: { 'idempotency-key': newKey(), 'if-match': '"17"' },
      json: { currentPassword: PASSWORD, newPassword: OTHER },
    });
    expect(refused.status).toBe(412);
    expect([await login('ana@shop.example'), await login('ana@shop.example', OTHER)]).toEqual([
      200, 401,
    ]);
    await write('DELETE', `/users/${idOf(added)}/personal-data`, { reason: 'request' });
    expect(await stored()).toEqual([]);
  });

  it('complete the first administrator, of whom there is one for ever', async () => {
    const { firstAdmin } = shop.world.app.services.identity;
    const token = await firstAdmin.offer('a');
    const json = { token, email: 'root@shop.example', password: PASSWORD, firstName: 'Root' };
    const make = (more: object = {}) =>
      call('POST', '/auth/first-admin', { ...json, ...more }, { token: null });
    failing = 'password';
    expect((await make()).status).toBe(503);
    expect((await make({ email: 'thief@shop.example' })).status).toBe(401);
    const made = await make();
    expect(made.status).toBe(201);
    expect(await login('root@shop.example')).toBe(200);
    expect((await make()).status).toBe(401);
    await write('DELETE', `/users/${idOf(made)}/personal-data`, { reason: 'request' });
    expect(await stored()).toEqual([]);
    expect(await firstAdmin.offer('a')).toBeUndefined();
    expect((await make()).status).toBe(401);
  });

  it('offer no first administrator to a shop whose users an earlier version erased', async () => {
    const { firstAdmin } = shop.world.app.services.identity;
    const offered = await firstAdmin.offer('b');
    expect(offered).toBeDefined();
    const added = await user('ana@shop.example');
    await write('DELETE', `/users/${idOf(added)}/personal-data`, { reason: 'request' });
    const marker = { storeId: 'a', kind: 'first-admin', id: 'closed' };
    await vault.remove(marker);
    expect(await firstAdmin.offer('a')).toBeUndefined();
    expect(await vault.get(marker)).toBeDefined();
    // Another shop has none, also when the log is read from where it was read before.
    expect(await firstAdmin.offer('b')).toBeDefined();
    expect(await firstAdmin.offer('b')).toBeDefined();
  });

  it('offer no first administrator after the last user was erased', async () => {
    const { firstAdmin } = shop.world.app.services.identity;
    const offered = await firstAdmin.offer('a');
    expect(offered).toBeDefined();
    const added = await user('ana@shop.example');
    await write('DELETE', `/users/${idOf(added)}/personal-data`, { reason: 'request' });
    expect(await firstAdmin.offer('a')).toBeUndefined();
    const json = { token: offered, email: 'x@shop.example', password: PASSWORD, firstName: 'X' };
    const made = await call('POST', '/auth/first-admin', json, { token: null });
    expect(made.body['code']).toBe('invalid_token');
  });
});
