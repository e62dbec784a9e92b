import { createInstance, type Instance } from '../../app/read-cache/support.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import { startable } from '../../support/servers/find.ts';
import { findOwnRedis, type RedisServer, startRedis } from '../../support/servers/redis.ts';
import { untilTrue } from '../../support/servers/runner.ts';
import { openConnected, PATIENT, uniquePrefix } from './opened-redis.ts';

const source = findOwnRedis();

describeWith(source, 'Read caches of two instances over one Redis', () => {
  const stops: (() => unknown)[] = [];
  let server: RedisServer;

  beforeEach(async () => {
    server = await startRedis(startable(source), []);
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    await server.stop();
  });

  /** Each with connections of its own, over the same read models; the first writes them. */
  async function openTwo(): Promise<readonly [Instance, Instance]> {
    const prefix = uniquePrefix();
    const clock = createFakeClock();
    const documents = new Map<string, string>();
    const view = { collection: 'items__v1_g1', position: 1 };
    const opened = await Promise.all(
      [0, 1].map(async () => {
        const redis = await openConnected(server.url, { prefix, timeouts: PATIENT });
        const shared = { clock, documents, view, isAlone: false, cache: redis.cache };
        const instance = createInstance(shared);
        stops.push(
          () => redis.close(),
          () => instance.stop(),
        );
        await untilTrue('a subscription', async () => redis.cache.isListening());
        return instance;
      }),
    );
    return opened as unknown as readonly [Instance, Instance];
  }

  const untilRead = (instance: Instance, value: string) =>
    untilTrue(`the value ${value}`, async () => (await instance.read('a')) === value);

  const countsOf = ({ cache }: Instance) => {
    const [item] = cache.report().types;
    return { l1: item?.l1Hits, l2: item?.l2Hits, misses: item?.misses };
  };

  it('share what one has read, and drop what one has changed', async () => {
    const [writer, reader] = await openTwo();
    writer.write('a', 'first');
    await writer.read('a');
    await untilTrue('a hit in memory', async () => {
      await reader.read('a');
      return (countsOf(reader).l1 ?? 0) > 0;
    });
    for (let n = 0; n < 20; n++) {
      writer.write('a', `version ${n}`);
      // With a position at once; without one as soon as the announcement has arrived.
      expect(await reader.read('a', writer.view.position)).toBe(`version ${n}`);
      await untilRead(reader, `version ${n}`);
    }
  });

  it('show no older value while Redis is down, nor after it is back', async () => {
    const [writer, reader] = await openTwo();
    writer.write('a', 'first');
    await writer.read('a');
    await untilRead(reader, 'first');
    await server.kill();
    const before = countsOf(reader).misses ?? 0;
    await untilTrue('a miss', async () => {
      await reader.read('a');
      return (countsOf(reader).misses ?? 0) > before;
    });
    writer.write('a', 'written while it was down');
    expect(await reader.read('a')).toBe('written while it was down');

    await server.restart();
    const { l1: hits = 0 } = countsOf(reader);
    await untilTrue('a hit in memory', async () => {
      await writer.clock.advance(1_000);
      expect(await reader.read('a')).toBe('written while it was down');
      expect(await writer.read('a')).toBe('written while it was down');
      return (countsOf(reader).l1 ?? 0) > hits;
    });
  });
});
