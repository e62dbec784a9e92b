import { type CacheKey, cacheKey } from '../../../src/domain/kernel/names.ts';
import { hearingOf } from '../../support/hearing.ts';
import { type Contract, KEY } from './suite.ts';

export function describeInvalidation({ cache, opened }: Contract): void {
  it('tells a listener at its beginning that anything may have changed', async () => {
    const hearing = hearingOf(cache());
    await hearing.until(() => hearing.alls > 0);

    expect(hearing.keys).toEqual([]);
    expect(cache().isListening()).toBe(true);
  });

  it('tells the listeners of this process before it returns', async () => {
    const hearing = hearingOf(cache());
    await cache().announce([KEY]);

    expect(hearing.keys).toEqual([KEY]);
  });

  it('tells each listener of every process, once', async () => {
    const [own, other] = [hearingOf(cache()), hearingOf(opened().peer)];
    await Promise.all([own, other].map((each) => each.until(() => each.alls > 0)));
    const keys = [KEY, cacheKey('query', 's2', 'ñ😀', 'a.b')];
    await cache().announce(keys);
    await other.until(() => other.keys.length >= 2);
    // What is announced after it comes after it: by then the first would have come twice.
    await opened().peer.announce([KEY]);
    await own.until(() => own.keys.length >= 3);

    expect(own.keys).toEqual([...keys, KEY]);
    expect(other.keys).toEqual([...keys, KEY]);
  });

  it('tells of many keys', async () => {
    const other = hearingOf(opened().peer);
    await other.until(() => other.alls > 0);
    const keys: CacheKey[] = [];
    for (let n = 0; n < 1_200; n++) keys.push(cacheKey('document', 's1', `${n}`));
    await cache().announce(keys);
    await other.until(() => other.keys.length >= keys.length);

    expect(other.keys).toEqual(keys);
  });

  it('tells nothing to a listener that has ended, and goes on with the others', async () => {
    const [ended, other] = [hearingOf(cache()), hearingOf(cache())];
    ended.end();
    ended.end();
    await cache().announce([KEY]);

    expect(ended.keys).toEqual([]);
    expect(other.keys).toEqual([KEY]);
  });
}
