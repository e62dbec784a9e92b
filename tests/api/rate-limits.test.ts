import { Type } from '@sinclair/typebox';

import { createMemoryRateLimit } from '../../src/adapters/memory/rate-limit.ts';
import { createLimiters } from '../../src/api/pipeline/limiters.ts';
import { type Route, route } from '../../src/api/route.ts';
import { InvariantError } from '../../src/domain/kernel/errors.ts';
import { cacheKey } from '../../src/domain/kernel/names.ts';
import { type LimiterOverrides, parseLimiters } from '../../src/ports/rate-limit-definitions.ts';
import { type ApiWorld, keyOf, openWorld, type WorldOptions } from './support/api-world.ts';

const open = (limiters: LimiterOverrides, more: WorldOptions = {}) =>
  openWorld({
    ...more,
    changeServices: (services) => ({
      ...services,
      limiters: createLimiters(createMemoryRateLimit, limiters),
    }),
  });

/** A call of guests, who have no key. */
const guestRoute: Route = route({
  method: 'get',
  path: '/guests',
  operationId: 'greetGuest',
  summary: 'Greets a guest',
  tag: 'Test',
  permission: 'public',
  status: 200,
  response: Type.Object({ address: Type.String() }),
  write: false,
  limiters: ['public_calls'],
  handle: () => Promise.resolve({ status: 200, body: { address: '' } }),
});

async function statuses(world: ApiWorld, count: number, options = {}, path = '/notes') {
  const answers = [];
  for (let i = 0; i < count; i++) answers.push(await world.call('GET', path, options));
  return answers.map(({ status }) => status);
}

describe('limits of request rates', () => {
  it('name the limiter, what is left and when to come again', async () => {
    const world = await open({ requests: { maxRequests: 2 } });
    const first = await world.call('GET', '/notes');
    await world.call('GET', '/notes');
    const refused = await world.call('GET', '/notes');

    expect(first.headers.get('ratelimit-policy')).toBe('"requests";q=2;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"requests";r=1;t=(59|60)$/);
    expect([refused.status, refused.body['code']]).toEqual([429, 'too_many_requests']);
    expect(refused.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=(59|60)$/);
    const retryAfter = Number(refused.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(50);
    expect(refused.body['details']).toMatchObject({
      limiter: 'requests',
      allowed: false,
      remainingTokens: 0,
      totalCapacity: 2,
      retryAfter: expect.any(Number) as number,
      resetTime: expect.any(Number) as number,
    });
    await world.stop();
  });

  it('count each user apart, and their shop together', async () => {
    const caller = { algorithm: 'token_bucket', maxRequests: 60, burstCapacity: 2 } as const;
    const world = await open({ caller, requests: { maxRequests: 5 } });

    expect(await statuses(world, 3)).toEqual([200, 200, 429]);
    expect(await statuses(world, 2, { key: keyOf('a', 'till') })).toEqual([200, 200]);
    expect(await statuses(world, 1, { key: keyOf('a', 'operator') })).toEqual([429]);
    expect(await statuses(world, 1, { key: keyOf('b') })).toEqual([200]);
    await world.stop();
  });

  it('stop an address that guesses keys, and no one who has one', async () => {
    const world = await open({ unauthenticated: { maxRequests: 3 } });
    const guess = { key: 'a-guess' };

    expect(await statuses(world, 5, guess)).toEqual([401, 401, 401, 429, 429]);
    expect(await statuses(world, 1)).toEqual([200]);
    await world.stop();
  });

  it('count calls of guests by their address', async () => {
    const world = await open({ public_calls: { maxRequests: 2 } }, { routes: [guestRoute] });

    expect(await statuses(world, 3, { key: null }, '/guests')).toEqual([200, 200, 429]);
    await world.stop();
  });

  it('believe X-Forwarded-For of no one but a trusted proxy', async () => {
    const forwarded = (address: string) => ({
      key: null,
      headers: { 'x-forwarded-for': address },
    });
    const limiters = { public_calls: { maxRequests: 1 } };
    const untrusting = await open(limiters, { routes: [guestRoute] });
    expect(await statuses(untrusting, 1, forwarded('203.0.113.1'), '/guests')).toEqual([200]);
    expect(await statuses(untrusting, 1, forwarded('203.0.113.2'), '/guests')).toEqual([429]);
    await untrusting.stop();

    const trusting = await open(limiters, {
      routes: [guestRoute],
      trustedProxies: ['127.0.0.0/8', '::1'],
    });
    const ask = (address: string) => statuses(trusting, 1, forwarded(address), '/guests');
    expect(await ask('203.0.113.1')).toEqual([200]);
    expect(await ask('203.0.113.2')).toEqual([200]);
    // The proxy appends what it saw; what a caller wrote before it counts for nothing.
    expect(await ask('198.51.100.7, 203.0.113.2')).toEqual([429]);
    // One network of an IPv6 caller is one caller.
    expect(await ask('2001:db8:1:2:3::4')).toEqual([200]);
    expect(await ask('2001:db8:1:2:ffff::1')).toEqual([429]);
    expect(await ask('2001:db8:1:3::1')).toEqual([200]);
    await trusting.stop();
  });

  it('have no limiter of another name', () => {
    const limiters = createLimiters(createMemoryRateLimit);

    expect(() => limiters.take('nothing' as never, cacheKey('caller', 'a', 'x'))).toThrow(
      InvariantError,
    );
  });
});

describe('settings of limiters', () => {
  it('are read from JSON', () => {
    expect(parseLimiters('')).toEqual({});
    expect(parseLimiters('{"login":{"maxRequests":10}}')).toEqual({ login: { maxRequests: 10 } });
  });

  it.each([
    '[]x',
    '3',
    '{"login":1}',
    '{"logins":{"maxRequests":1}}',
    '{"login":{"points":1}}',
    '{"login":{"maxRequests":-1}}',
    '{"login":{"maxRequests":1.5}}',
    '{"login":{"windowSizeMs":500}}',
    '{"login":{"algorithm":"leaky"}}',
    '{"login":{"refillRate":0}}',
    '{"__proto__":{"maxRequests":1}}',
  ])('are refused when they are not valid: %s', (text) => {
    expect(() => parseLimiters(text)).toThrow(InvariantError);
  });
});
