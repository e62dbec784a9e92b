import { Redis } from 'ioredis';

import { cacheKey } from '../../../src/domain/kernel/names.ts';
import { describeCacheContract } from '../../contracts/cache/suite.ts';
import { hearingOf } from '../../support/hearing.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import { findRedis } from '../../support/servers/redis.ts';
import {
  keepingLogger,
  openConnected,
  PATIENT,
  sharedRedis,
  uniquePrefix,
} from './opened-redis.ts';

const { url, stop } = sharedRedis();

describeWith(findRedis(), 'Redis as a cache', () => {
  let raw: Redis;
  beforeAll(async () => {
    raw = new Redis(await url());
  });
  afterAll(async () => {
    raw.disconnect();
    await stop();
  });

  async function open() {
    const prefix = uniquePrefix();
    const [one, other] = await Promise.all(
      [0, 1].map(async () => openConnected(await url(), { prefix, timeouts: PATIENT })),
    );
    return { one: one!, other: other!, prefix };
  }

  describeCacheContract('Redis', async () => {
    const { one, other, prefix } = await open();
    return {
      cache: one.cache,
      peer: other.cache,
      remainingMs: (key) => raw.pttl(`${prefix}:cache:${key}`),
      destroy: async () => {
        await Promise.all([one.close(), other.close()]);
      },
    };
  });

  it.each(['', 'null', '{', '{"from":"x"}', '{"from":"x","keys":["order-s1.1"]}', '[]'])(
    'takes an announcement that it cannot read (%j) for one of anything',
    async (message) => {
      const { one, other, prefix } = await open();
      const hearing = hearingOf(one.cache);
      await hearing.until(() => hearing.alls === 1);
      await raw.publish(`${prefix}:invalidated`, message);
      await hearing.until(() => hearing.alls === 2);
      await Promise.all([one.close(), other.close()]);

      expect(hearing.keys).toEqual([]);
    },
  );

  it('resolves a ping while it is open', async () => {
    const { one, other } = await open();

    await expect(one.ping()).resolves.toBeUndefined();
    await Promise.all([one.close(), other.close()]);
    await expect(one.ping()).rejects.toThrow();
  });

  it('only misses after it was closed, which may be repeated', async () => {
    const { one, other } = await open();
    const hearing = hearingOf(one.cache);
    await Promise.all([one.close(), one.close(), other.close()]);

    await one.cache.announce([]);
    expect(await one.cache.get('document-s1.a' as never)).toBeUndefined();
    expect(hearing.keys).toEqual([]);
  });

  // In a callback of the client, its error ended the instance.
  it('logs an error of an invalidation listener, and notifies the others', async () => {
    const { logger, lines } = keepingLogger();
    const prefix = uniquePrefix();
    const [one, other] = await Promise.all(
      [0, 1].map(async () => openConnected(await url(), { prefix, timeouts: PATIENT, logger })),
    );
    let failing = false;
    one!.cache.onInvalidated(() => {
      if (failing) throw new Error('the listener failed');
    });
    const hearing = hearingOf(one!.cache);
    failing = true;
    const key = cacheKey('query', 's1', 'failing');
    while (hearing.keys.length === 0) await other!.cache.announce([key]);

    expect(lines).toContainEqual(expect.objectContaining({ level: 'error' }));
    await Promise.all([one!.close(), other!.close()]);
  });
});
