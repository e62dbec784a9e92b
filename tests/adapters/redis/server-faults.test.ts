import { openRedis, type RedisAdapter } from '../../../src/adapters/redis/redis.ts';
import { cacheKey } from '../../../src/domain/kernel/names.ts';
import { hearingOf } from '../../support/hearing.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import { startable } from '../../support/servers/find.ts';
import { findOwnRedis, type RedisServer, startRedis } from '../../support/servers/redis.ts';
import { keepingLogger, openConnected, untilServed } from './opened-redis.ts';

const KEY = cacheKey('document', 's1', 'a');
const CALLER = cacheKey('caller', 's1', 'user', 'ana');
const LONG = { ttlMs: 60_000 };
const POLICY = { name: 'orders', points: 5, perMs: 60_000 };
/** Sequential calls, each of which would wait 50 ms if it were attempted. */
const CALLS = 200;
const FAR_BELOW_ALL_TRIED_MS = 3_000;

const source = findOwnRedis();

describeWith(source, 'Redis servers that forget, freeze, fill up and die', () => {
  const servers: RedisServer[] = [];
  const adapters: RedisAdapter[] = [];

  afterEach(async () => {
    await Promise.all(adapters.splice(0).map((each) => each.close()));
    await Promise.all(servers.splice(0).map((each) => each.stop()));
  });

  async function start(...settings: string[]): Promise<RedisServer> {
    const server = await startRedis(startable(source), settings);
    servers.push(server);
    return server;
  }

  async function open(url: string, timeouts = {}) {
    const { logger, lines } = keepingLogger();
    const adapter = await openConnected(url, { logger, timeouts });
    adapters.push(adapter);
    await untilServed(adapter);
    return { ...adapter, adapter, lines, limit: adapter.rateLimit(POLICY) };
  }

  const warnings = (lines: readonly { level: string; message: string }[]) =>
    lines.filter(({ level }) => level === 'warn').map(({ message }) => message);

  /** The duration of many sequential calls. */
  async function askOften(adapter: RedisAdapter): Promise<number> {
    const from = performance.now();
    for (let n = 0; n < CALLS; n++) expect(await adapter.cache.get(KEY)).toBeUndefined();
    return performance.now() - from;
  }

  it('misses flushed keys, counts from zero, and continues', async () => {
    const server = await start();
    const { cache, limit, lines } = await open(server.url);
    const hearing = hearingOf(cache);
    await hearing.until(() => hearing.alls === 1);
    await cache.put(KEY, 'value', LONG);
    for (let n = 0; n < POLICY.points; n++) await limit.take(CALLER);
    await server.command('FLUSHALL');
    await server.command('SCRIPT', 'FLUSH');

    expect(await cache.get(KEY)).toBeUndefined();
    expect(await limit.take(CALLER)).toMatchObject({ allowed: true, remaining: 4 });
    await cache.put(KEY, 'again', LONG);
    expect(await cache.get(KEY)).toBe('again');
    await cache.announce([KEY]);
    expect(hearing.keys).toEqual([KEY]);
    expect(warnings(lines)).toEqual([]);
  });

  it('continues without a killed server, and with it as soon as it is back', async () => {
    const server = await start();
    const { adapter, cache, limit, lines } = await open(server.url);
    const hearing = hearingOf(cache);
    await hearing.until(() => hearing.alls === 1);
    await cache.put(KEY, 'value', LONG);
    await server.kill();

    expect(await askOften(adapter)).toBeLessThan(FAR_BELOW_ALL_TRIED_MS);
    expect(cache.isListening()).toBe(false);
    expect(await cache.put(KEY, 'lost', LONG)).toBe(false);
    expect(await cache.drop([KEY])).toBe(false);
    expect(await cache.announce([KEY])).toBe(false);
    expect(hearing.keys).toEqual([KEY]);
    const answers = await Promise.all(Array.from({ length: 50 }, () => limit.take(CALLER)));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(POLICY.points);
    await expect(adapter.ping()).rejects.toThrow();

    await server.restart();
    await untilServed(adapter);
    await hearing.until(() => hearing.alls === 2);
    await adapter.ping();
    expect(await limit.take(CALLER)).toMatchObject({ allowed: true, remaining: 4 });
    expect(warnings(lines)).toEqual(['Redis does not respond; continuing without it']);
    expect(lines.at(-1)?.message).toBe('Redis responds again');
  });

  it('costs little time while the server is frozen, and applies the same limits', async () => {
    const server = await start();
    const { adapter, cache, limit, lines } = await open(server.url);
    await limit.take(CALLER);
    await server.freeze();

    expect(await askOften(adapter)).toBeLessThan(FAR_BELOW_ALL_TRIED_MS);
    const from = performance.now();
    const answers = await Promise.all(Array.from({ length: 500 }, () => limit.take(CALLER)));
    expect(performance.now() - from).toBeLessThan(FAR_BELOW_ALL_TRIED_MS);
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(POLICY.points);
    await Promise.all([cache.put(KEY, 'x', LONG), cache.drop([KEY]), cache.announce([KEY])]);
    await expect(adapter.ping()).rejects.toThrow('within 1000 ms');

    await server.thaw();
    await untilServed(adapter);
    await cache.put(KEY, 'value', LONG);
    expect(await cache.get(KEY)).toBe('value');
    expect(warnings(lines)).toEqual(['Redis does not respond; continuing without it']);
  });

  it('closes a connection on which a frozen server owes a reply', async () => {
    const server = await start();
    const { adapter, cache } = await open(server.url, { stallTimeoutMs: 200, pingMs: 300 });
    const hearing = hearingOf(cache);
    await hearing.until(() => hearing.alls === 1);
    await server.freeze();
    await expect(adapter.ping()).rejects.toThrow();
    await expect(adapter.ping()).rejects.toThrow();
    await server.thaw();
    // The subscription was broken too, so announcements may have been missed.
    await hearing.until(() => hearing.alls >= 2);
    await untilServed(adapter);

    expect(await cache.get(KEY)).toBeUndefined();
  });

  it('misses evicted keys of a full server, and never reads another value', async () => {
    const server = await start('--maxmemory', '4mb', '--maxmemory-policy', 'allkeys-lru');
    const { cache, lines } = await open(server.url, { commandMs: 5_000 });
    const keys = Array.from({ length: 200 }, (_, n) => cacheKey('document', 's1', `${n}`));
    const valueOf = (key: string) => key.padEnd(65_536, '.');
    for (const key of keys) await cache.put(key, valueOf(key), LONG);
    const values = await Promise.all(keys.map((key) => cache.get(key)));
    const kept = values.filter((value) => value !== undefined);

    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(keys.length);
    expect(values.every((value, n) => value === undefined || value === valueOf(keys[n]!))).toBe(
      true,
    );
    expect(warnings(lines)).toEqual([]);
  });

  it('continues when a full server rejects, logs it once, and drops what it could not renew', async () => {
    const server = await start('--maxmemory-policy', 'noeviction');
    const { adapter, cache, limit, lines } = await open(server.url, { commandMs: 5_000 });
    await cache.put(KEY, 'old', LONG);
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    for (let n = 0; n < 20; n++) await cache.put(KEY, 'new', LONG);
    const answers = await Promise.all(Array.from({ length: 20 }, () => limit.take(CALLER)));

    expect(await cache.get(KEY)).toBeUndefined();
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(POLICY.points);
    expect(lines).toMatchObject([
      {
        level: 'warn',
        fields: { operation: 'put' },
        message: 'Redis rejects the operation; continuing without it',
      },
      {
        level: 'warn',
        fields: { operation: 'take' },
        message: 'Redis rejects the operation; continuing without it',
      },
    ]);

    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    await untilServed(adapter);
    expect(await limit.take(CALLER)).toMatchObject({ allowed: true, remaining: 4 });
    expect(lines.slice(2).map(({ level, fields }) => [level, fields['operation']])).toEqual([
      ['info', 'put'],
      ['info', 'take'],
    ]);
  });

  it('continues without any server, and uses one that starts later', async () => {
    const server = await start();
    await server.kill();
    const { logger, lines } = keepingLogger();
    const adapter = openRedis({ url: server.url, logger });
    adapters.push(adapter);

    await adapter.cache.put(KEY, 'value', LONG);
    expect(await adapter.cache.get(KEY)).toBeUndefined();
    await expect(adapter.ping()).rejects.toThrow('ECONNREFUSED');
    const limit = adapter.rateLimit(POLICY);
    const answers = await Promise.all(Array.from({ length: 20 }, () => limit.take(CALLER)));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(POLICY.points);
    await server.restart();
    await untilServed(adapter);
    expect(warnings(lines)).toEqual(['Redis does not respond; continuing without it']);
  });

  it('continues without a valid password, and never logs it', async () => {
    const server = await start();
    await server.command('CONFIG', 'SET', 'requirepass', 'right');
    const { logger, lines } = keepingLogger();
    const url = server.url.replace('//', '//:wrong-secret@');
    const adapter = openRedis({ url, logger, timeouts: { commandMs: 5_000 } });
    adapters.push(adapter);
    const limit = adapter.rateLimit(POLICY);

    await expect(adapter.ping()).rejects.toThrow('WRONGPASS');
    expect(await adapter.cache.get(KEY)).toBeUndefined();
    const answers = await Promise.all(Array.from({ length: 20 }, () => limit.take(CALLER)));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(POLICY.points);
    expect(JSON.stringify(lines)).toMatch(/WRONGPASS/);
    expect(JSON.stringify(lines)).not.toMatch(/secret/);
  });
});
