import { systemClock } from '../../../src/adapters/system/clock.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import { newKey } from '../support/api-world.ts';
import { openShop, saleOf, type Shop } from './support/shop.ts';

const admin = { role: 'admin' } as const;
const PIN = '4711';

describe('Devices and PINs', () => {
  let shop: Shop;
  let aheadMs: number;
  beforeEach(async () => {
    aheadMs = 0;
    const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    shop = await openShop({ clock });
  });
  afterEach(() => shop.stop());

  const call = (token: string, method: string, path: string, json?: unknown) =>
    shop.world.call(method, path, {
      key: token,
      headers: { 'idempotency-key': newKey() },
      ...(json !== undefined && { json }),
    });
  const register = async (branchId = 'north', key = newKey()) => {
    const added = await shop.post('/devices', { name: 'bar till', branchId }, { ...admin, key });
    expect(added.status).toBe(201);
    return { deviceId: String(added.body['deviceId']), token: String(added.body['token']) };
  };
  const addUser = async (more: Record<string, unknown> = {}) => {
    const email = `${newKey()}@shop.example`;
    const json = { email, password: 'seven wet umbrellas', roles: [{ role: 'waiter' }], ...more };
    const userId = String((await shop.post('/users', json, admin)).body['userId']);
    expect((await shop.put(`/users/${userId}/pin`, { pin: PIN }, admin)).status).toBe(200);
    return userId;
  };
  const signIn = (token: string, userId: string, pin = PIN) =>
    call(token, 'POST', '/auth/pin', { userId, pin });
  const sessionOf = async (token: string, userId: string) => {
    const answer = await signIn(token, userId);
    expect(answer.status).toBe(200);
    return String(answer.body['accessToken']);
  };
  const events = async () => (await shop.world.log.readAll({ after: START, limit: 500 })).events;

  it('show the token of a device once, and keep only its hash', async () => {
    const repeat = newKey();
    const { deviceId, token } = await register('north', repeat);
    expect(await register('north', repeat)).toEqual({ deviceId, token });
    expect((await call(token, 'GET', '/orders')).status).toBe(200);
    const shown = await shop.get(`/devices/${deviceId}`, admin);
    expect(shown.body).toMatchObject({ name: 'bar till', branchId: 'north', status: 'active' });
    expect(Date.parse(String(shown.body['lastSeenAt']))).toBeGreaterThan(0);
    const texts = [shown.text, ...(await events()).map(({ data }) => JSON.stringify(data))];
    expect(texts.join('\n')).not.toContain(token.slice(-64));
    expect(shop.world.lines.join('\n')).not.toContain(token.slice(-64));
  });

  it('sign a user in with a PIN, bound to the device and its branch', async () => {
    const { deviceId, token } = await register();
    const userId = await addUser({ roles: [{ role: 'admin' }] });
    const session = await sessionOf(token, userId);
    expect((await call(session, 'POST', '/orders', saleOf(100))).status).toBe(202);
    const placed = (await events()).find(({ type }) => type === 'OrderPlaced');
    expect(placed?.metadata).toMatchObject({
      actor: { kind: 'user', id: userId },
      branchId: 'north',
      deviceId,
    });
    // What concerns the whole shop needs more than a PIN.
    expect((await call(session, 'GET', '/users')).status).toBe(403);
    const south = await shop.world.call('GET', '/orders', {
      key: session,
      headers: { 'x-branch-id': 'south' },
    });
    expect(south.status).toBe(403);
  });

  it('end the sessions of a device with its revocation, and after a short time', async () => {
    const { deviceId, token } = await register();
    const userId = await addUser();
    const session = await sessionOf(token, userId);
    aheadMs += 3_600_000;
    const late = await call(session, 'GET', '/orders');
    expect([late.status, late.body['code']]).toEqual([401, 'token_expired']);
    const next = await sessionOf(token, userId);
    expect((await shop.remove(`/devices/${deviceId}`, undefined, admin)).status).toBe(200);
    aheadMs += 1_000;
    expect((await call(next, 'GET', '/orders')).status).toBe(401);
    expect((await signIn(token, userId)).status).toBe(401);
  });

  it('lock a user at a device after five wrong PINs, for a time, and show it to auditors', async () => {
    const { token } = await register();
    const other = await register('north');
    const userId = await addUser();
    for (let i = 0; i < 5; i++) {
      const wrong = await signIn(token, userId, '9382');
      expect([wrong.status, wrong.body['code']]).toEqual([401, 'invalid_pin']);
    }
    const locked = await signIn(token, userId);
    expect([locked.status, locked.body['code']]).toEqual([429, 'pin_locked']);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(200);
    expect((await signIn(other.token, userId)).status).toBe(200);
    aheadMs += 300_000;
    expect((await signIn(token, userId, '9382')).status).toBe(401);
    expect((await signIn(token, userId)).status).toBe(429);
    aheadMs += 600_000;
    expect((await signIn(token, userId)).status).toBe(200);
    expect((await signIn(token, userId, '9382')).status).toBe(401);
    expect((await signIn(token, userId)).status).toBe(200);
    const audit = await shop.get('/audit?action=PinLocked', admin);
    expect(audit.body['items']).toHaveLength(2);
    const metadata = { ipAddress: '127.0.0.1' };
    expect(audit.body['items']).toMatchObject([
      { severity: 'HIGH', metadata },
      { severity: 'HIGH', metadata },
    ]);
    const failed = await shop.get('/audit?action=SignInFailed', admin);
    expect(failed.body['items']).not.toHaveLength(0);
    for (const item of failed.body['items'] as unknown[]) expect(item).toMatchObject({ metadata });
  });

  it('go on with devices whose stream earlier versions filled with attempts, and revoke them', async () => {
    const { deviceId, token } = await register();
    const userId = await addUser();
    const stream = `device-a.${deviceId}`;
    const [registered] = await shop.world.log.readStream(stream);
    const { revision: _, position: _at, recordedAt: _then, stream: _name, ...first } = registered!;
    const attempt = (n: number, type: string, data: object) => ({
      ...first,
      id: `earlier-${n}`,
      type,
      data: { deviceId, userId, ...data },
    });
    const earlier = Array.from({ length: 9_999 }, (_each, n) => {
      if (n >= 9_996) return attempt(n, 'PinTried', { attempt: n - 9_995 });
      return n % 2 ? attempt(n, 'PinAccepted', {}) : attempt(n, 'PinTried', { attempt: 1 });
    });
    for (let i = 0; i < earlier.length; i += 500) {
      await shop.world.log.append(stream, i, earlier.slice(i, i + 500));
    }
    expect((await signIn(token, userId, '9382')).status).toBe(401);
    // The fifth: three of them are from before.
    expect((await signIn(token, userId, '9382')).status).toBe(401);
    expect((await signIn(token, userId)).body['code']).toBe('pin_locked');
    aheadMs += 300_000;
    await sessionOf(token, userId);
    expect((await shop.remove(`/devices/${deviceId}`, undefined, admin)).status).toBe(200);
    aheadMs += 1_000;
    expect((await call(token, 'GET', '/orders')).status).toBe(401);
  });

  it('count guesses at the same moment one by one', async () => {
    const { token } = await register();
    const userId = await addUser();
    const pins = ['1937', '2846', '3755', '4664', '5573', '6482', '7391', '8209'];
    const answers = await Promise.all(pins.map((pin) => signIn(token, userId, pin)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(3);
  });

  it('answer the same for an unknown user, one of another branch, without a PIN, or gone', async () => {
    const { token } = await register();
    const elsewhere = await addUser({ roles: [{ role: 'waiter', branchId: 'south' }] });
    const without = await addUser();
    const key = newKey();
    expect((await shop.remove(`/users/${without}/pin`, undefined, { ...admin, key })).status).toBe(
      200,
    );
    const gone = await addUser();
    await shop.remove(`/users/${gone}`, undefined, admin);
    const wrong = await signIn(token, await addUser(), '9382');
    for (const userId of ['nosuchuser', elsewhere, without, gone]) {
      const answer = await signIn(token, userId);
      expect([userId, answer.status, answer.body]).toEqual([
        userId,
        wrong.status,
        { ...wrong.body, requestId: answer.body['requestId'] },
      ]);
    }
  });

  it('lock guesses of user ids as well', async () => {
    const { token } = await register();
    for (let i = 0; i < 5; i++) expect((await signIn(token, `nobody-${i}`)).status).toBe(401);
    expect((await signIn(token, 'nobody-6')).body['code']).toBe('pin_locked');
    expect((await signIn(token, await addUser())).status).toBe(200);
  });

  it('refuse weak PINs, and keep no PIN in an event or log line', async () => {
    const userId = await addUser();
    for (const pin of ['0000', '1234', '98765', '8901']) {
      const weak = await shop.put(`/users/${userId}/pin`, { pin }, admin);
      expect([pin, weak.body['code']]).toEqual([pin, 'weak_pin']);
    }
    for (const pin of ['123', '123456789', '12a4']) {
      const refused = await shop.put(`/users/${userId}/pin`, { pin }, admin);
      // A random id can begin with these digits.
      const { correlationId: _, ...said } = refused.body;
      expect([refused.status, JSON.stringify(said).includes(`"${pin}`)]).toEqual([400, false]);
    }
    const changed = await shop.put(`/users/${userId}/pin`, { pin: '73019428' }, admin);
    expect(changed.status).toBe(200);
    const texts = (await events()).map(({ data, metadata }) => JSON.stringify([data, metadata]));
    expect([...texts, ...shop.world.lines].join('\n')).not.toContain('73019428');
  });

  it('let a user choose the own PIN with the password', async () => {
    const email = `${newKey()}@shop.example`;
    const password = 'seven wet umbrellas';
    await shop.post('/users', { email, password, roles: [{ role: 'waiter' }] }, admin);
    const login = await shop.world.call('POST', '/auth/login', {
      key: null,
      json: { email, password, storeId: 'a' },
    });
    const access = String(login.body['accessToken']);
    const { userId } = login.body['user'] as { userId: string };
    const wrong = await call(access, 'PUT', '/auth/pin', { currentPassword: 'no', pin: '5821' });
    expect([wrong.status, wrong.body['code']]).toEqual([401, 'invalid_credentials']);
    const set = await call(access, 'PUT', '/auth/pin', { currentPassword: password, pin: '5821' });
    expect(set.status).toBe(200);
    const { token } = await register();
    expect((await signIn(token, userId, '5821')).status).toBe(200);
  });

  it('refuse tokens of another shop, another device and guessed ones', async () => {
    const { token } = await register();
    const other = await register();
    const wrong = [
      token.replace('dev_a_', 'dev_b_'),
      token.replace('dev_a_', 'dev_nosuchshop_'),
      `${token.slice(0, -64)}${other.token.slice(-64)}`,
      `${token.slice(0, -64)}${'0'.repeat(64)}`,
    ];
    for (const given of wrong) expect((await call(given, 'GET', '/orders')).status).toBe(401);
  });

  it('sign no user in with the session of a user, or an API key', async () => {
    const { token } = await register();
    const userId = await addUser();
    const session = await sessionOf(token, userId);
    expect((await signIn(session, userId)).status).toBe(403);
    const key = await shop.post('/auth/pin', { userId, pin: PIN }, { role: 'device' });
    expect([key.status, key.body['code']]).toEqual([404, 'device_not_found']);
  });
});
