import { hashSync } from 'bcryptjs';

import { createMemoryRateLimit } from '../../../src/adapters/memory/rate-limit.ts';
import { createPasswordHash } from '../../../src/adapters/system/password-hash.ts';
import { createLimiters } from '../../../src/api/pipeline/limiters.ts';
import type { PasswordHash } from '../../../src/ports/password-hash.ts';
import type { LimiterOverrides } from '../../../src/ports/rate-limit-definitions.ts';
import type { Vault } from '../../../src/ports/vault.ts';
import { newKey, type WorldOptions } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

const PASSWORD = 'seven wet umbrellas';
const admin = { role: 'admin' } as const;

let shop: Shop;
afterEach(() => shop.stop());

async function openWith(options: WorldOptions): Promise<void> {
  shop = await openShop(options);
}

const call = (path: string, json: unknown, key: string | null = null) =>
  shop.world.call('POST', path, { key, headers: { 'idempotency-key': newKey() }, json });
const login = (email: string, password = 'not the password', storeId = 'a') =>
  call('/auth/login', { email, password, storeId });

async function addUser(email: string, more: Record<string, unknown> = {}): Promise<string> {
  const json = { email, password: PASSWORD, roles: [{ role: 'waiter' }], ...more };
  const added = await shop.post('/users', json, admin);
  expect(added.status).toBe(201);
  return String(added.body['userId']);
}

describe('Passwords', () => {
  it('of another system sign in by their hash, which is replaced', async () => {
    let vault: Vault | undefined;
    await openWith({ wrapVault: (given) => (vault = given) });
    const passwordHash = hashSync(PASSWORD, 5);
    const userId = await addUser('ana@shop.example', { password: undefined, passwordHash });
    const stored = async () =>
      (await vault?.get({ storeId: 'a', kind: 'password', id: userId }))?.value;
    expect(await stored()).toContain('$2b$05$');
    expect((await login('ana@shop.example')).status).toBe(401);
    expect((await login('ana@shop.example', PASSWORD)).status).toBe(200);
    expect(await stored()).toContain('$argon2id$');
    expect((await login('ana@shop.example', PASSWORD)).status).toBe(200);
  });

  it.each([
    'plain text',
    '$2b$15$'.padEnd(60, 'x'),
    '$argon2id$v=19$m=9999999,t=2,p=1$a$b',
    '$1$x$y',
  ])('are not taken over from %j', async (passwordHash) => {
    await openWith({});
    const json = { email: 'ana@shop.example', roles: [], passwordHash };
    const refused = await shop.post('/users', json, admin);
    expect([refused.status, refused.body['code']]).toEqual([400, 'invalid_request']);
    expect(refused.text).not.toContain(passwordHash);
  });

  it('get a clear answer while too many wait, and such attempts do not lock', async () => {
    await openWith({ passwords: createPasswordHash({ maxWaiting: 1 }) });
    await addUser('ana@shop.example');
    for (let round = 0; round < 3; round++) {
      const asked = Array.from({ length: 8 }, () => login('ana@shop.example', PASSWORD));
      const answers = await Promise.all(asked);
      for (const { status, body, headers } of answers.filter(({ status: each }) => each !== 200)) {
        expect([status, body['code'], body['retryable']]).toEqual([503, 'overloaded', true]);
        expect(headers.get('retry-after')).not.toBeNull();
      }
    }
    expect((await login('ana@shop.example', PASSWORD)).status).toBe(200);
  });

  it('are refused when they are easily guessed, with the rule and without the password', async () => {
    await openWith({});
    const weak = ['short1!', 'Password123!', 'P@ssw0rd2026', 'qwertyuiop12', 'aaaaaaaaaaaa'];
    for (const password of [...weak, '1234567890123', 'ana@shop.example', 'letmein!!!!!']) {
      const json = { email: 'ana@shop.example', roles: [], password };
      const refused = await shop.post('/users', json, admin);
      expect([password, refused.status, refused.body['code']]).toEqual([
        password,
        400,
        'weak_password',
      ]);
      expect(String(refused.body['detail'])).toMatch(/^expected a password that /);
    }
    expect((await shop.get('/users', admin)).body['items']).toEqual([]);
  });
});

describe('Limits of signing in from one network address', () => {
  const limited = (limiters: LimiterOverrides) =>
    openWith({
      changeServices: (services) => ({
        ...services,
        limiters: createLimiters(createMemoryRateLimit, limiters),
      }),
    });
  const token = `inv_a_0123456789abcdef_${'0'.repeat(64)}`;
  const person = { password: PASSWORD, firstName: 'Ana' };

  it.each([
    ['/auth/login', { email: 'ana@shop.example', password: 'x' }, 'login', 401],
    ['/auth/register', { token, ...person }, 'login', 401],
    ['/auth/first-admin', { token, email: 'ana@shop.example', ...person }, 'login', 401],
    ['/auth/refresh', { refreshToken: 'eyJ.e30.x' }, 'refresh', 401],
  ])('hold for %s', async (path, json, limiter, status) => {
    await limited({ [limiter]: { maxRequests: 2 } });
    expect((await call(path, json)).status).toBe(status);
    expect((await call(path, json)).status).toBe(status);
    const refused = await call(path, json);
    expect([refused.status, refused.body['code']]).toEqual([429, 'too_many_requests']);
    expect(refused.body['details']).toMatchObject({ limiter });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('ratelimit')).toContain(`"${limiter}";r=0`);
  });

  it('count logins, registrations and first administrators together', async () => {
    await limited({ login: { maxRequests: 2 } });
    await call('/auth/login', { email: 'ana@shop.example', password: 'x' });
    await call('/auth/register', { token, ...person });
    const third = await call('/auth/first-admin', { token, email: 'a@b.c', ...person });
    expect(third.status).toBe(429);
  });

  it('hold for PINs', async () => {
    await limited({ pin: { maxRequests: 1 } });
    const device = { name: 'till', branchId: 'north' };
    const registered = await shop.post('/devices', device, admin);
    const key = String(registered.body['token']);
    const pin = { userId: 'nobody', pin: '4711' };
    expect((await call('/auth/pin', pin, key)).status).toBe(401);
    expect((await call('/auth/pin', pin, key)).body['code']).toBe('too_many_requests');
  });
});

/** Kept from before, or a look at a text: they take no time. */
const QUICK = ['passwords.decoy', 'passwords.isOutdated'];

/** The key for addresses, made at the first request of a shop in a month, whoever it is about. */
const isOfTheMonth = (given: readonly unknown[]) => JSON.stringify(given).includes('origins.');

describe('What a login does', () => {
  /** Calls that take time, by name. */
  let work: string[] = [];
  const counted = <T extends object>(part: T, prefix: string): T =>
    new Proxy(part, {
      get(target, name) {
        const value = target[name as keyof T] as unknown;
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          if (!isOfTheMonth(given)) work.push(`${prefix}.${String(name)}`);
          return (value as (...all: unknown[]) => unknown).apply(target, given);
        };
      },
    });
  const open = () =>
    openWith({
      passwords: counted<PasswordHash>(createPasswordHash(), 'passwords'),
      wrapVault: (vault) => counted<Vault>(vault, 'vault'),
    });
  const workOf = async (attempt: () => Promise<{ status: number }>) => {
    work = [];
    expect((await attempt()).status).toBe(401);
    return work.filter((name) => !QUICK.includes(name));
  };

  it('is the same for a user, none, an inactive one, and in another shop', async () => {
    await open();
    await addUser('ana@shop.example');
    const inactive = await addUser('bea@shop.example');
    await shop.put(`/users/${inactive}`, { isActive: false }, admin);
    const invited = { email: 'cleo@shop.example', roles: [] };
    expect((await shop.post('/users', invited, admin)).status).toBe(201);
    // Signing keys, and the hash for those who do not exist, are made once.
    await login('first@shop.example');
    const known = await workOf(() => login('ana@shop.example'));
    expect(known.filter((name) => name === 'passwords.verify')).toHaveLength(1);
    const others = {
      unknown: () => login('nobody@shop.example'),
      inactive: () => login('bea@shop.example', PASSWORD),
      invited: () => login('cleo@shop.example'),
      elsewhere: () => login('ana@shop.example', PASSWORD, 'b'),
      nowhere: () => login('ana@shop.example', PASSWORD, 'nosuchshop'),
    };
    for (const [name, attempt] of Object.entries(others)) {
      expect([name, await workOf(attempt)]).toEqual([name, known]);
    }
  });

  it('does not wait for the record of its failure', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await openWith({
      wrapLog: (log) => ({
        ...log,
        append: async (...args) => {
          if (args[0].startsWith('incident-')) await held;
          return log.append(...args);
        },
      }),
    });
    await addUser('ana@shop.example');
    expect((await login('ana@shop.example')).status).toBe(401);
    release();
  });
});
