import { createHmac } from 'node:crypto';

import { START } from '../../../src/domain/kernel/position.ts';
import { keyOf, newKey } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

const PASSWORD = 'seven wet umbrellas';
const admin = { role: 'admin' } as const;

describe('Users and sign-in', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.stop());

  const addUser = async (email: string, more: Record<string, unknown> = {}) => {
    const json = { email, firstName: 'Ana', roles: [{ role: 'manager' }], ...more };
    const added = await shop.post('/users', { password: PASSWORD, ...json }, admin);
    expect(added.status).toBe(201);
    return String(added.body['userId']);
  };
  const call = (method: string, path: string, json?: unknown, token: string | null = null) =>
    shop.world.call(method, path, {
      key: token,
      headers: { 'idempotency-key': newKey() },
      ...(json !== undefined && { json }),
    });
  const login = (email: string, password = PASSWORD, storeId = 'a') =>
    call('POST', '/auth/login', { email, password, storeId });
  const tokensOf = async (email: string) => {
    const answer = await login(email);
    expect(answer.status).toBe(200);
    const { accessToken, refreshToken } = answer.body;
    return { access: String(accessToken), refresh: String(refreshToken) };
  };

  it('signs in with a password, and acts with the roles of the user', async () => {
    const userId = await addUser('Ana@Shop.example');
    const { access } = await tokensOf('ana@shop.EXAMPLE');
    const profile = await call('GET', '/auth/profile', undefined, access);
    expect(profile.body).toMatchObject({
      userId,
      email: 'Ana@Shop.example',
      roles: [{ role: 'manager' }],
    });
    expect((await call('GET', '/users/profile', undefined, access)).body).toEqual(profile.body);
    expect((await call('GET', '/users', undefined, access)).status).toBe(403);
    const sale = { currency: 'USD', lines: [{ name: 'Tea', quantity: '1', unitPriceMinor: 100 }] };
    expect((await call('POST', '/orders', sale, access)).status).toBe(202);
    const { events } = await shop.world.log.readAll({ after: START, limit: 100 });
    const placed = events.find(({ type }) => type === 'OrderPlaced');
    expect(placed?.metadata.actor).toEqual({ kind: 'user', id: userId });
    expect(JSON.stringify(events.map(({ data }) => data))).not.toContain(PASSWORD);
  });

  it('gives the same answer for a wrong password, an unknown address and an unknown shop', async () => {
    await addUser('ana@shop.example');
    const wrong = await login('ana@shop.example', 'not the password');
    const unknown = await login('bea@shop.example');
    const elsewhere = await login('ana@shop.example', PASSWORD, 'b');
    const nowhere = await login('ana@shop.example', PASSWORD, 'nosuchshop');
    for (const answer of [wrong, unknown, elsewhere, nowhere]) {
      expect([answer.status, answer.body['code']]).toEqual([401, 'invalid_credentials']);
      expect({ ...answer.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
    }
  });

  it('rotates refresh tokens, and ends the session when a used one comes again', async () => {
    await addUser('ana@shop.example');
    const first = await tokensOf('ana@shop.example');
    const second = await call('POST', '/auth/refresh', { refreshToken: first.refresh });
    expect(second.status).toBe(200);
    const stolen = await call('POST', '/auth/refresh', { refreshToken: first.refresh });
    expect([stolen.status, stolen.body['code']]).toEqual([401, 'invalid_token']);
    const next = { refreshToken: second.body['refreshToken'] };
    expect((await call('POST', '/auth/refresh', next)).status).toBe(401);
    const { events } = await shop.world.log.readAll({ after: START, limit: 100 });
    expect(events.find(({ type }) => type === 'SessionEnded')?.data).toMatchObject({
      reason: 'token-reused',
      severity: 'HIGH',
    });
    expect(JSON.stringify(events.map(({ data }) => data))).not.toContain(first.refresh);
  });

  it('lets one of several requests with the same refresh token win, and then none', async () => {
    await addUser('ana@shop.example');
    const { refresh } = await tokensOf('ana@shop.example');
    const asked = Array.from({ length: 5 }, () =>
      call('POST', '/auth/refresh', { refreshToken: refresh }),
    );
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    for (const { body, status } of answers) {
      if (status !== 200) continue;
      const again = await call('POST', '/auth/refresh', { refreshToken: body['refreshToken'] });
      expect(again.status).toBe(401);
    }
  });

  it('ends the session at logout, and takes no refresh token as an access token', async () => {
    await addUser('ana@shop.example');
    const { access, refresh } = await tokensOf('ana@shop.example');
    expect((await call('GET', '/orders', undefined, refresh)).status).toBe(401);
    expect((await call('POST', '/auth/logout', {}, access)).status).toBe(200);
    expect((await call('GET', '/orders', undefined, access)).status).toBe(401);
    expect((await call('POST', '/auth/refresh', { refreshToken: refresh })).status).toBe(401);
  });

  it('refuses tokens of no algorithm, another one, another shop, and oversized ones', async () => {
    await addUser('ana@shop.example');
    const { access } = await tokensOf('ana@shop.example');
    const [, payload = '', signature = ''] = access.split('.');
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const header = JSON.parse(Buffer.from(access.split('.')[0] ?? '', 'base64url').toString()) as {
      kid: string;
    };
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const signed = (head: object, body: string) => {
      const text = `${part(head)}.${body}`;
      return `${text}.${createHmac('sha256', 'guess').update(text).digest('base64url')}`;
    };
    const swapped = part({ ...claims, store: 'b' });
    const wrong = [
      `${part({ ...header, alg: 'none' })}.${payload}.x`,
      `${part({ ...header, alg: 'HS512' })}.${payload}.${signature}`,
      signed(header, payload),
      `${access.split('.')[0]}.${swapped}.${signature}`,
      signed({ ...header, kid: header.kid.replace('a.', 'b.') }, swapped),
      `${part({ ...header, kid: '../a' })}.${payload}.${signature}`,
      `${'x'.repeat(3_000)}.${payload}.${signature}`,
      `${access}x`,
    ];
    for (const token of wrong) {
      const answer = await call('GET', '/orders', undefined, token);
      expect([token.slice(0, 40), answer.status]).toEqual([token.slice(0, 40), 401]);
    }
    expect((await call('GET', '/orders', undefined, access)).status).toBe(200);
  });

  it('lets a deleted or inactive user neither act nor sign in, until it is back', async () => {
    const userId = await addUser('ana@shop.example');
    const { access, refresh } = await tokensOf('ana@shop.example');
    expect((await call('GET', '/orders', undefined, access)).status).toBe(200);
    const options = { key: keyOf('a', 'admin'), headers: { 'idempotency-key': newKey() } };
    const deleted = await shop.world.call('DELETE', `/users/${userId}`, options);
    expect(deleted.body).toMatchObject({ status: 'deleted' });
    expect((await call('POST', '/auth/refresh', { refreshToken: refresh })).status).toBe(401);
    expect((await login('ana@shop.example')).status).toBe(401);
    const taken = await shop.post('/users', { email: 'ANA@shop.example', roles: [] }, admin);
    expect([taken.status, taken.body['code']]).toEqual([409, 'email_taken']);
    expect((await shop.post(`/users/${userId}/restore`, {}, admin)).status).toBe(200);
    expect((await login('ana@shop.example')).status).toBe(200);
    await shop.put(`/users/${userId}`, { isActive: false }, admin);
    expect((await login('ana@shop.example')).status).toBe(401);
    const shown = await shop.get(`/users/${userId}`, admin);
    expect(shown.body).toMatchObject({ status: 'active', isActive: false });
  });

  it('invites a person, who registers once with the token', async () => {
    const key = newKey();
    const json = { email: 'bea@shop.example', roles: [{ role: 'waiter', branchId: 'north' }] };
    const invited = await shop.post('/users', json, { ...admin, key });
    expect(invited.body).toMatchObject({ status: 'invited' });
    const repeated = await shop.post('/users', json, { ...admin, key });
    expect(repeated.body['invitation']).toEqual(invited.body['invitation']);
    expect((await login('bea@shop.example')).status).toBe(401);
    const { token } = invited.body['invitation'] as { token: string };
    const weak = { token, password: 'password123!', firstName: 'Bea' };
    expect((await call('POST', '/auth/register', weak)).body['code']).toBe('weak_password');
    const good = { ...weak, password: PASSWORD };
    expect((await call('POST', '/auth/register', good)).status).toBe(201);
    expect((await call('POST', '/auth/register', good)).body['code']).toBe('invalid_token');
    const { access } = await tokensOf('bea@shop.example');
    const sale = { currency: 'USD', lines: [{ name: 'Tea', quantity: '1', unitPriceMinor: 100 }] };
    expect((await call('POST', '/orders', sale, access)).status).toBe(202);
    const other = { key: access, headers: { 'x-branch-id': 'south' } };
    expect((await shop.world.call('GET', '/orders', other)).status).toBe(403);
  });

  it('lists users by page, status and address, and frees a changed address', async () => {
    for (const name of ['a1', 'a2', 'a3']) await addUser(`${name}@shop.example`);
    const first = await shop.get('/users?limit=2', admin);
    const emails = (body: Record<string, unknown>) =>
      (body['items'] as { email: string }[]).map(({ email }) => email);
    expect(emails(first.body)).toEqual(['a1@shop.example', 'a2@shop.example']);
    const cursor = encodeURIComponent(String(first.body['nextCursor']));
    const second = await shop.get(`/users?limit=2&cursor=${cursor}`, admin);
    expect(emails(second.body)).toEqual(['a3@shop.example']);
    const found = await shop.get('/users?email=A2%40shop.example&status=active', admin);
    expect(emails(found.body)).toEqual(['a2@shop.example']);
    expect(emails((await shop.get('/users?isActive=false', admin)).body)).toEqual([]);
    const { userId } = (found.body['items'] as { userId: string }[])[0] ?? { userId: '' };
    await shop.put(`/users/${userId}`, { email: 'new@shop.example' }, admin);
    await addUser('a2@shop.example');
    expect((await login('new@shop.example')).status).toBe(200);
  });

  it('changes the own password, and ends all sessions of before', async () => {
    await addUser('ana@shop.example');
    const { access, refresh } = await tokensOf('ana@shop.example');
    const change = { currentPassword: 'wrong one', newPassword: 'eight dry umbrellas' };
    const refused = await call('PUT', '/auth/password', change, access);
    expect(refused.body['code']).toBe('invalid_credentials');
    const right = { ...change, currentPassword: PASSWORD };
    expect((await call('PUT', '/auth/password', right, access)).status).toBe(200);
    expect((await call('POST', '/auth/refresh', { refreshToken: refresh })).status).toBe(401);
    expect((await login('ana@shop.example')).status).toBe(401);
    expect((await login('ana@shop.example', right.newPassword)).status).toBe(200);
  });

  it('locks an address after too many attempts, also one that does not exist', async () => {
    await addUser('ana@shop.example');
    for (const email of ['ana@shop.example', 'nobody@shop.example']) {
      for (let i = 0; i < 10; i++) expect((await login(email, 'wrong one')).status).toBe(401);
      const locked = await login(email);
      expect([locked.status, locked.body['code']]).toEqual([429, 'too_many_attempts']);
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(1);
    }
  });

  it('keeps an administrator from locking itself out', async () => {
    const userId = await addUser('root@shop.example', { roles: [{ role: 'admin' }] });
    const { access } = await tokensOf('root@shop.example');
    const paths: [string, unknown][] = [
      ['PUT', { roles: [] }],
      ['PUT', { isActive: false }],
      ['DELETE', undefined],
    ];
    for (const [method, json] of paths) {
      expect((await call(method, `/users/${userId}`, json, access)).status).toBe(403);
    }
  });

  it('records every denial and failed sign-in, repeats of a minute together', async () => {
    await addUser('ana@shop.example');
    for (let i = 0; i < 3; i++) await login('ana@shop.example', 'wrong one');
    for (let i = 0; i < 5; i++) {
      const denied = await shop.world.call('GET', '/users', { key: keyOf('a', 'viewer') });
      expect(denied.status).toBe(403);
    }
    await shop.world.app.stop();
    const { events } = await shop.world.log.readAll({ after: START, limit: 200 });
    const ofType = (wanted: string) =>
      events.filter(({ type }) => type === wanted).map(({ data }) => data);
    expect(ofType('AccessDenied')).toMatchObject([
      { operation: 'listUsers', permission: 'users:manage', count: 1, severity: 'MEDIUM' },
      { operation: 'listUsers', count: 4 },
    ]);
    expect(ofType('SignInFailed')).toMatchObject([
      { code: 'invalid_credentials', count: 1 },
      { code: 'invalid_credentials', count: 2 },
    ]);
    const actors = events.filter(({ type }) => type === 'AccessDenied');
    expect(actors[0]?.metadata.actor).toEqual({ kind: 'key', id: 'a-viewer' });
  });

  it('makes a first administrator by a link that works once, while there is no user', async () => {
    const { identity } = shop.world.app.services;
    const token = await identity.firstAdmin.offer('a');
    const body = { token, email: 'root@shop.example', password: PASSWORD, firstName: 'Root' };
    const weak = await call('POST', '/auth/first-admin', { ...body, password: 'qwertyuiop' });
    expect(weak.body['code']).toBe('weak_password');
    const asked = [1, 2, 3].map(() => call('POST', '/auth/first-admin', body));
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses).toContain(201);
    // The others are repeats: in flight, done, or too late.
    for (const status of statuses) expect([201, 401, 409]).toContain(status);
    const { events } = await shop.world.log.readAll({ after: START, limit: 100 });
    expect(events.filter(({ type }) => type === 'UserRegistered')).toHaveLength(1);
    expect((await call('POST', '/auth/first-admin', body)).status).toBe(401);
    const { access } = await tokensOf('root@shop.example');
    expect((await call('GET', '/users', undefined, access)).status).toBe(200);
    expect(await identity.firstAdmin.offer('a')).toBeUndefined();
    const other = { ...body, token: await identity.firstAdmin.offer('b') };
    expect(other.token).toBeDefined();
    const page = await shop.world.call('GET', '/docs/setup', { key: null });
    expect([page.status, page.text.includes('/docs/assets/setup.js')]).toEqual([200, true]);
  });
});
