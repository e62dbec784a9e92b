import type { RedisAdapter } from '../../../src/adapters/redis/redis.ts';
import { cacheKey } from '../../../src/domain/kernel/names.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { hearingOf } from '../../support/hearing.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import { startable } from '../../support/servers/find.ts';
import { findOwnRedis, type RedisServer, startRedis } from '../../support/servers/redis.ts';
import { keepingLogger, openConnected, untilServed } from './opened-redis.ts';

const KEY = cacheKey('document', 's1', 'a');
const CALLER = cacheKey('caller', 's1', 'user', 'ana');
const LONG = { ttlMs: 60_000 };
const POLICY = { name: 'orders', points: 5, perMs: 60_000 };
const CALLS = 200;
const FAR_BELOW_ALL_TRIED_MS = 3_000;

const source = findOwnRedis();

describeWith(source, 'Redis behind a network that fails', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  const adapters: RedisAdapter[] = [];

  beforeAll(async () => {
    server = await startRedis(startable(source));
  });
  beforeEach(async () => {
    proxy = await startFaultProxy(server.port);
  });
  afterEach(async () => {
    await Promise.all(adapters.splice(0).map((each) => each.close()));
    await proxy.stop();
  });
  afterAll(() => server.stop());

  async function open(timeouts = {}) {
    const { logger, lines } = keepingLogger();
    const url = `redis://127.0.0.1:${proxy.port}`;
    const adapter = await openConnected(url, { logger, timeouts });
    adapters.push(adapter);
    await untilServed(adapter);
    return { adapter, cache: adapter.cache, limit: adapter.rateLimit(POLICY), lines };
  }

  const warnings = (lines: readonly { level: string }[]) =>
    lines.filter(({ level }) => level === 'warn').length;

  it('misses at once while connections are refused, and reconnects', async () => {
    const { adapter, cache, limit, lines } = await open();
    const hearing = hearingOf(cache);
    await hearing.until(() => hearing.alls === 1);
    await cache.put(KEY, 'value', LONG);
    await proxy.refuse();
    proxy.reset();
    const from = performance.now();
    for (let n = 0; n < CALLS; n++) await cache.get(KEY);
    const answers = await Promise.all(Array.from({ length: 50 }, () => limit.take(CALLER)));

    expect(performance.now() - from).toBeLessThan(FAR_BELOW_ALL_TRIED_MS);
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(POLICY.points);
    await proxy.accept();
    await untilServed(adapter);
    await hearing.until(() => hearing.alls === 2);
    expect(await cache.get(KEY)).toBe('value');
    expect(warnings(lines)).toBe(1);
  });

  it.each([1, 3, 10, 500, 70_000])(
    'takes an answer cut off after %d bytes for a miss, never for a value',
    async (afterBytes) => {
      const { adapter, cache } = await open({ commandMs: 5_000 });
      const value = '0123456789'.repeat(20_000);
      await cache.put(KEY, value, LONG);
      proxy.set({ down: { type: 'cut', afterBytes } });

      const read = await cache.get(KEY);
      expect(read === undefined || read === value).toBe(true);
      await untilServed(adapter);
      expect((await cache.get(KEY)) === value).toBe(true);
    },
  );

  it('gives each caller the reply to its own call, also after a cut', async () => {
    const { adapter, cache } = await open({ commandMs: 5_000 });
    const keys = Array.from({ length: 300 }, (_, n) => cacheKey('document', 's1', `${n}`));
    await Promise.all(keys.map((key) => cache.put(key, `of ${key}`, LONG)));
    for (const afterBytes of [50, 1_000, 4_000]) {
      proxy.set({ down: { type: 'cut', afterBytes } });
      const values = await Promise.all(keys.map((key) => cache.get(key)));
      const wrong = values.filter((value, n) => value !== undefined && value !== `of ${keys[n]}`);
      expect(wrong).toEqual([]);
      await untilServed(adapter);
    }
    const values = await Promise.all(keys.map((key) => cache.get(key)));
    expect(values).toEqual(keys.map((key) => `of ${key}`));
  });

  it('costs little time while the network drops everything, and reconnects', async () => {
    const { adapter, cache, limit, lines } = await open({ stallTimeoutMs: 300, pingMs: 300 });
    const hearing = hearingOf(cache);
    await hearing.until(() => hearing.alls === 1);
    proxy.set({ up: { type: 'black-hole' }, down: { type: 'black-hole' } });
    const from = performance.now();
    for (let n = 0; n < CALLS; n++) await cache.get(KEY);
    const answers = await Promise.all(Array.from({ length: 50 }, () => limit.take(CALLER)));

    expect(performance.now() - from).toBeLessThan(FAR_BELOW_ALL_TRIED_MS);
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(POLICY.points);
    proxy.set({});
    await untilServed(adapter);
    expect(warnings(lines)).toBe(1);
  });

  it('detects a dead subscription, and notifies that anything may have changed', async () => {
    const { adapter, cache } = await open({ stallTimeoutMs: 200, pingMs: 300 });
    const hearing = hearingOf(cache);
    await hearing.until(() => hearing.alls === 1);
    proxy.set({ down: { type: 'black-hole' } });
    // The adapter sends only its own pings here.
    while (proxy.connections === 2) await new Promise((resolve) => setImmediate(resolve));
    proxy.set({});
    await hearing.until(() => hearing.alls >= 2);
    await untilServed(adapter);
    await cache.announce([KEY]);

    expect(hearing.keys).toEqual([KEY]);
  });

  it('works without Redis over a slow network', async () => {
    const { adapter, cache } = await open();
    proxy.set({ down: { type: 'delay', ms: 300 } });
    const from = performance.now();
    for (let n = 0; n < CALLS; n++) await cache.get(KEY);

    expect(performance.now() - from).toBeLessThan(FAR_BELOW_ALL_TRIED_MS);
    proxy.set({});
    await untilServed(adapter);
  });
});
