import { gunzipSync } from 'node:zlib';

import { Type } from '@sinclair/typebox';

import { createDeadlines } from '../../src/api/pipeline/deadlines.ts';
import { type Route, route } from '../../src/api/route.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { type ApiWorld, keyOf, newKey, openWorld, someNote } from './support/api-world.ts';
import { createGate } from './support/gate.ts';

describe('a deadline', () => {
  it('passes after its time, and not when the work was done before', async () => {
    const clock = createFakeClock();
    const deadlines = createDeadlines(clock);
    const late: string[] = [];
    deadlines.watch(1_000, () => late.push('first'));
    const done = deadlines.watch(1_000, () => late.push('second'));
    await clock.advance(500);
    deadlines.watch(1_000, () => late.push('third'));
    done();

    await clock.advance(499);
    expect(late).toEqual([]);
    await clock.advance(201);
    expect(late).toEqual(['first']);
    await clock.advance(600);
    expect(late).toEqual(['first', 'third']);
  });

  it('holds when the wall clock is set, in both directions', async () => {
    const clock = createFakeClock();
    const late: string[] = [];
    createDeadlines(clock).watch(1_000, () => late.push('it'));
    clock.set(clock.now() + 0);

    await clock.advance(1_200);

    expect(late).toEqual(['it']);
  });

  it('leaves no timer behind', async () => {
    const clock = createFakeClock();
    const deadlines = createDeadlines(clock);
    deadlines.watch(1_000, () => undefined)();
    await clock.advance(0);

    expect(clock.sleeping).toBe(0);
  });
});

describe('a request that takes too long', () => {
  it('gets 504, and its write is found by a repeat of its key', async () => {
    const gate = createGate();
    const world = await openWorld({ wrapLog: gate.wrap, limits: { deadlineMs: 100 } });
    gate.shut();
    const key = newKey();
    const send = () =>
      world.call('POST', '/notes', {
        json: { text: 'slow', amountMinor: 1 },
        headers: { 'idempotency-key': key },
      });
    const late = await send();
    expect([late.status, late.body['code'], late.body['retryable']]).toEqual([
      504,
      'deadline_exceeded',
      true,
    ]);
    expect(late.headers.get('retry-after')).toBe('1');
    gate.open();
    let repeated = await send();
    while (repeated.status === 409) repeated = await send();

    expect(repeated.status).toBe(202);
    expect(repeated.headers.get('tillstream-repeated')).toBe('true');
    expect(world.lines.filter((line) => line.includes('met a bug'))).toEqual([]);
    await world.stop();
  });

  it('gets 503 while it still waits for its turn', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let enter: () => void = () => undefined;
    const entered = new Promise<void>((resolve) => (enter = resolve));
    const world = await openWorld({
      limits: { deadlineMs: 100, concurrentHeavyPerShop: 1 },
      routes: [heavyRoute(held, enter)],
    });
    const first = world.call('GET', '/heavy', { key: keyOf('a') });
    await entered;
    const second = await world.call('GET', '/heavy', { key: keyOf('a') });

    expect([second.status, second.body['code']]).toEqual([503, 'overloaded']);
    expect((await first).status).toBe(504);
    release();
    await world.stop();
  });
});

function heavyRoute(held: Promise<void>, enter: () => void): Route {
  return route({
    method: 'get',
    path: '/heavy',
    operationId: 'readMuch',
    summary: 'Reads much',
    tag: 'Test',
    permission: 'orders:read',
    status: 200,
    response: Type.Object({}),
    write: false,
    heavy: true,
    async handle() {
      enter();
      await held;
      return { status: 200, body: {} };
    },
  });
}

function largeRoute(path: string, sensitive?: true): Route {
  return route({
    method: 'get',
    path,
    operationId: `read${path.slice(1)}`,
    summary: 'Reads a large text',
    tag: 'Test',
    permission: 'orders:read',
    query: Type.Object({ size: Type.Optional(Type.String()) }),
    status: 200,
    response: Type.Object({ text: Type.String() }),
    write: false,
    ...(sensitive && { sensitive }),
    handle: ({ query }) =>
      Promise.resolve({ status: 200, body: { text: 'é'.repeat(Number(query.size)) } }),
  });
}

describe('a large response', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await openWorld({ routes: [largeRoute('/large'), largeRoute('/secret', true)] });
    await someNote(world);
  });
  afterAll(() => world.stop());

  async function encodingOf(path: string, accepted: string) {
    const response = await fetch(`${world.url}${path}`, {
      headers: { authorization: `Bearer ${keyOf('a')}`, 'accept-encoding': accepted },
    });
    const { text } = (await response.json()) as { text: string };
    expect([...new Set(text)]).toEqual(['é']);
    return response.headers.get('content-encoding');
  }

  it.each([
    ['/large?size=20000', 'gzip', 'gzip'],
    ['/large?size=20000', 'br, gzip;q=0.5', 'gzip'],
    ['/large?size=20000', 'gzip;q=0', null],
    ['/large?size=20000', 'gzip; q=0.0', null],
    ['/large?size=20000', 'identity', null],
    ['/large?size=1000', 'gzip', null],
    ['/secret?size=20000', 'gzip', null],
  ])('is sent compressed or not: %s for %s', async (path, accepted, expected) => {
    expect(await encodingOf(path, accepted)).toBe(expected);
  });

  it('names what it depends on, and is not kept when it holds a secret', async () => {
    const large = await world.call('GET', '/large?size=20000');
    const secret = await world.call('GET', '/secret?size=10');

    expect(large.headers.get('vary')).toBe('Authorization, Accept-Encoding');
    expect(large.headers.get('cache-control')).toBe('private, no-cache');
    expect(secret.headers.get('cache-control')).toBe('no-store');
  });

  it('decodes to the same bytes', async () => {
    const { text } = await world.call('GET', '/large?size=20000');

    expect(JSON.parse(text)).toEqual({ text: 'é'.repeat(20_000) });
    expect(() => gunzipSync(text)).toThrow();
  });
});

describe('security headers', () => {
  it('are in every response, also in one of an error', async () => {
    const world = await openWorld();
    for (const path of ['/notes', '/nothing', '/health']) {
      const { headers } = await world.call('GET', path);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none';frame-ancestors 'none'",
      );
      expect(headers.get('strict-transport-security')).toContain('max-age=');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-powered-by')).toBeNull();
    }
    await world.stop();
  });
});
