import { type CacheKey, cacheKey } from '../../../src/domain/kernel/names.ts';
import { MAX_CACHE_VALUE_BYTES } from '../../../src/ports/cache.ts';
import { type Contract, KEY, LONG } from './suite.ts';

export function describeValues({ cache, opened }: Contract): void {
  it('has nothing that nobody put', async () => {
    expect(await cache().get(KEY)).toBeUndefined();
  });

  it.each([
    ['text', 'a value'],
    ['nothing', ''],
    ['all of Unicode', 'señora 😀 \u0000 \u2028 日本語'],
    ['the most bytes', 'é'.repeat(MAX_CACHE_VALUE_BYTES / 2)],
  ])('gives back a value of %s as it was put', async (_, value) => {
    await cache().put(KEY, value, LONG);

    expect((await cache().get(KEY)) === value).toBe(true);
    expect((await opened().peer.get(KEY)) === value).toBe(true);
  });

  it('says whether it has cached, dropped and announced', async () => {
    expect(await cache().put(KEY, 'value', LONG)).toBe(true);
    expect(await cache().put(KEY, 'x'.repeat(MAX_CACHE_VALUE_BYTES + 1), LONG)).toBe(false);
    expect(await cache().drop([KEY])).toBe(true);
    expect(await cache().announce([KEY])).toBe(true);
  });

  it('gives back what was put last', async () => {
    await cache().put(KEY, 'first', LONG);
    await opened().peer.put(KEY, 'second', LONG);

    expect(await cache().get(KEY)).toBe('second');
  });

  it('does not keep a larger value, nor what was there before it', async () => {
    await cache().put(KEY, 'small', LONG);
    await cache().put(KEY, 'é'.repeat(MAX_CACHE_VALUE_BYTES / 2 + 1), LONG);

    expect(await cache().get(KEY)).toBeUndefined();
  });

  it.each(['a b', 'a:b', 'a*', '%2A', '{a}', "'", '😀', 'ñ', 'line\r\nend', '.'])(
    'tells the key of %j from all others',
    async (part) => {
      const key = cacheKey('query', 's1', part);
      await cache().put(key, 'its own', LONG);
      await cache().put(cacheKey('query', 's1', `${part}x`), 'another', LONG);

      expect(await cache().get(key)).toBe('its own');
    },
  );

  it('keeps what stores have under the same name apart, also when one forgets it (K15)', async () => {
    const [mine, yours] = [cacheKey('document', 's1', 'a'), cacheKey('document', 's2', 'a')];
    await cache().put(mine, 'mine', LONG);
    await cache().put(yours, 'yours', LONG);
    await cache().drop([mine]);

    expect(await cache().get(mine)).toBeUndefined();
    expect(await cache().get(yours)).toBe('yours');
  });

  it('keeps kinds apart', async () => {
    await cache().put(cacheKey('document', 's1', 'a'), 'document', LONG);

    expect(await cache().get(cacheKey('query', 's1', 'a'))).toBeUndefined();
  });

  it('forgets many keys at once, for all, and does not mind those it never had', async () => {
    const keys: CacheKey[] = [];
    for (let n = 0; n < 1_200; n++) keys.push(cacheKey('document', 's1', `${n}`));
    await Promise.all(keys.slice(0, 1_100).map((key) => cache().put(key, 'x', LONG)));
    await cache().drop(keys);
    await cache().drop([]);

    const left = await Promise.all(keys.map((key) => opened().peer.get(key)));
    expect(left.filter((value) => value !== undefined)).toEqual([]);
  });

  it('serves many at once', async () => {
    const keys = Array.from({ length: 500 }, (_, n) => cacheKey('query', 's1', `${n}`));
    await Promise.all(keys.map((key) => cache().put(key, `of ${key}`, LONG)));

    const values = await Promise.all(keys.map((key) => cache().get(key)));
    expect(values).toEqual(keys.map((key) => `of ${key}`));
  });
}
