import { createMemoryCache } from '../../../src/adapters/memory/cache.ts';
import { RETRY_DROPS_MS } from '../../../src/app/read-cache/shared-level.ts';
import { documentKey } from '../../../src/domain/kernel/names.ts';
import type { Cache } from '../../../src/ports/cache.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { at, createInstance, type Instance, ITEM } from './support.ts';

const instances: Instance[] = [];
afterEach(() => {
  for (const each of instances.splice(0)) each.stop();
});

function open(...options: Parameters<typeof createInstance>): Instance {
  const instance = createInstance(...options);
  instances.push(instance);
  return instance;
}

/** Two instances over one read store and one shared cache; the first keeps the read model. */
function openTwo(cache: Cache = createMemoryCache()) {
  const [clock, documents] = [createFakeClock(), new Map<string, string>()];
  const shared = { clock, documents, isAlone: false };
  const writer = open({ ...shared, cache });
  const reader = open({ ...shared, cache, view: writer.view });
  return { writer, reader, clock, documents };
}

const countsOf = ({ cache }: Instance) => {
  const [item] = cache.report().types;
  return [item?.l1Hits, item?.l2Hits, item?.misses];
};

describe('a read cache in memory', () => {
  it('loads a body once, and again after its document has changed', async () => {
    const one = open();
    one.write('a', 'first');
    expect(await one.read('a')).toBe('first');
    expect(await one.read('a')).toBe('first');
    one.write('a', 'second');
    expect(await one.read('a')).toBe('second');

    expect(one.loads).toEqual(['a', 'a']);
    expect(countsOf(one)).toEqual([1, 0, 2]);
    expect(one.cache.report()).toMatchObject({ mode: 'local', entries: 1 });
  });

  it('keeps what another shop has under the same id apart', async () => {
    const one = open();
    one.write('a', 'mine');
    await one.read('a');
    const other = { storeId: 's2', parts: ['a'], position: undefined };
    const theirs = () => one.cache.read(ITEM, { ...other, load: async () => 'theirs' });

    expect(await theirs()).toBe('theirs');
    one.cache.changed('items', [documentKey('s2', 'a')]);
    await one.read('a');
    expect(one.loads).toEqual(['a']);
  });

  it('gives each caller a body of its own', async () => {
    const one = open();
    const load = async () => ({ tags: ['new'] });
    const ask = () =>
      one.cache.read(ITEM, { storeId: 's1', parts: ['a'], position: undefined, load });
    (await ask()).tags.push('changed by a caller');
    (await ask()).tags.push('changed by another');

    expect(await ask()).toEqual({ tags: ['new'] });
  });

  it('answers a read with a position from what it has while nothing has changed', async () => {
    const one = open();
    one.write('a', 'first');
    await one.read('a');
    one.view.position = 50;

    expect(await one.read('a', 50)).toBe('first');
    expect(one.loads).toEqual(['a']);
  });

  it('loads for a position that it has not reached, and keeps that', async () => {
    const one = open();
    await one.read('a');
    await one.read('a', 9, async () => {
      one.write('a', 'written meanwhile');
      one.view.position = 9;
      return 'written meanwhile';
    });

    expect(await one.read('a', 9)).toBe('written meanwhile');
  });

  it('never answers a position from a list that other changes do not drop', async () => {
    const one = open();
    one.write('a', 'first');
    await one.rank();
    one.view.position = 50;
    await one.rank(50);
    await one.rank(50);

    expect(one.loads).toEqual(['ranking', 'ranking']);
  });

  it('lets such a list follow after its time, and at once when an item changes', async () => {
    const one = open();
    await one.rank();
    await one.clock.advance(4_999);
    await one.rank();
    expect(one.loads).toHaveLength(1);
    await one.clock.advance(1);
    await one.rank();
    expect(one.loads).toHaveLength(2);
    one.write('a', 'new');
    expect(await one.rank()).toBe('a,new');
  });

  it('keeps nothing that changed while it was read', async () => {
    const one = open();
    const old = await one.read('a', undefined, async () => {
      one.write('a', 'new');
      return 'old';
    });

    expect([old, await one.read('a')]).toEqual(['old', 'new']);
  });

  it('reads once for those that ask at the same time, but not for those after a change', async () => {
    const one = open();
    let finish: (value: string) => void = () => undefined;
    const slow = () =>
      new Promise<string>((resolve) => {
        one.loads.push('slow');
        finish = resolve;
      });
    const early = [one.read('a', undefined, slow), one.read('a', undefined, slow)];
    await turn();
    one.write('a', 'new');
    const late = one.read('a');
    finish('old');

    expect(await Promise.all([...early, late])).toEqual(['old', 'old', 'new']);
    expect(one.loads).toEqual(['slow', 'a']);
  });

  it('lets no read with a position join one that began before it', async () => {
    const one = open();
    let finish: (value: string) => void = () => undefined;
    const early = one.rank();
    const slow = one.read('a', undefined, () => new Promise((resolve) => (finish = resolve)));
    one.view.position = 7;
    one.documents.set('a', 'new');

    expect(await one.read('a', 7)).toBe('new');
    finish('old');
    await Promise.all([early, slow]);
  });

  it('passes an error on, and keeps none', async () => {
    const one = open();
    const fails = () => Promise.reject(new Error('the store is down'));
    const asked = [one.read('a', undefined, fails), one.read('a', undefined, fails)];
    for (const each of asked) await expect(each).rejects.toThrow('the store is down');

    expect(await one.read('a')).toBe('none');
  });

  it('drops what an earlier generation held', async () => {
    const one = open();
    await one.read('a');
    one.view.collection = 'items__v1_g2';
    one.documents.set('a', 'rebuilt');

    expect(await one.read('a')).toBe('rebuilt');
  });

  it('keeps nothing that it read while another generation took over', async () => {
    const one = open();
    await one.read('a', undefined, async () => {
      one.view.collection = 'items__v1_g2';
      return 'of the earlier one';
    });
    one.documents.set('a', 'rebuilt');

    expect(await one.read('a')).toBe('rebuilt');
  });

  it('is bounded in bytes and entries, and by the age of an entry', async () => {
    const one = open({ limits: { maxEntries: 3, maxBytes: 2_000 } });
    for (const id of ['a', 'b', 'c', 'd']) await one.read(id);
    expect(one.cache.report()).toMatchObject({ entries: 3 });
    await one.read('long', undefined, async () => 'x'.repeat(1_000));
    expect(one.cache.report().bytes).toBeLessThanOrEqual(2_000);

    await one.read('d');
    const before = one.loads.length;
    await one.clock.advance(ITEM.maxLocalAgeMs);
    await one.read('d');
    expect(one.loads).toHaveLength(before + 1);
  });

  it('reads each time where instances share the storage and no cache', async () => {
    const one = open({ isAlone: false });
    await one.read('a');
    await one.read('a');

    expect(one.loads).toEqual(['a', 'a']);
    expect(one.cache.report()).toMatchObject({ mode: 'off', entries: 0 });
  });
});

describe('a read cache that instances share', () => {
  it('answers from what another instance has read', async () => {
    const { writer, reader } = openTwo();
    writer.write('a', 'first');
    await turn();
    await writer.read('a');

    expect(await reader.read('a')).toBe('first');
    expect(await reader.read('a')).toBe('first');
    expect([writer.loads, reader.loads]).toEqual([['a'], []]);
    expect(countsOf(reader)).toEqual([1, 1, 0]);
  });

  it('drops at every instance what one has changed', async () => {
    const { writer, reader } = openTwo();
    writer.write('a', 'first');
    await reader.read('a');
    writer.write('a', 'second');
    await turn();

    expect(await reader.read('a')).toBe('second');
    expect(await writer.read('a')).toBe('second');
  });

  it('answers no position from an older entry, whatever the announcement does', async () => {
    const shared = createMemoryCache();
    const mute: Cache = { ...shared, drop: async () => true, announce: async () => true };
    const { writer, reader } = openTwo(mute);
    writer.write('a', 'first');
    await reader.read('a');
    writer.write('a', 'second');

    expect(await reader.read('a')).toBe('first');
    expect(await reader.read('a', writer.view.position)).toBe('second');
  });

  it('keeps nothing in memory while no announcement would arrive', async () => {
    const shared = createMemoryCache();
    let isListening = false;
    const { reader } = openTwo({ ...shared, isListening: () => isListening });
    await reader.read('a');
    expect(reader.cache.report().entries).toBe(0);
    isListening = true;
    await reader.read('a');
    await reader.read('a');
    isListening = false;
    await reader.read('a');

    expect(countsOf(reader)).toEqual([1, 2, 1]);
  });

  it('repeats a drop that failed, and reads past the value until then', async () => {
    const shared = createMemoryCache();
    let isDown = false;
    const { writer, reader, clock } = openTwo({
      ...shared,
      drop: async (keys) => !isDown && shared.drop(keys),
      announce: async (keys) => !isDown && shared.announce(keys),
    });
    writer.write('a', 'first');
    await reader.read('a');
    isDown = true;
    writer.write('a', 'second');
    await turn();
    expect(await writer.read('a')).toBe('second');
    isDown = false;
    await clock.advance(RETRY_DROPS_MS);

    expect(await reader.read('a')).toBe('second');
  });

  it('drops again what it stored just before the announcement arrived', async () => {
    const shared = createMemoryCache();
    const { reader, writer, documents } = openTwo(shared);
    documents.set('a', 'old');
    // Dropped before the reader stored what it had read before the change.
    await reader.read('a');
    documents.set('a', 'new');
    await shared.announce(['document-s1.item.a' as never]);
    await turn();

    expect(await shared.get('document-s1.item.a' as never)).toBeUndefined();
    expect([await writer.read('a'), await reader.read('a')]).toEqual(['new', 'new']);
  });

  it('takes nothing from ahead of it: the log may have been restored', async () => {
    const { writer, reader } = openTwo();
    writer.view.position = 90;
    writer.write('a', 'of the lost days');
    await writer.read('a');
    writer.view.position = 40;
    writer.documents.set('a', 'restored');

    expect(await reader.read('a')).toBe('restored');
  });

  it('takes nothing from before the engine of the read models died', async () => {
    const { writer, reader } = openTwo();
    await writer.read('a');
    // It wrote this, and had no time to report it.
    writer.documents.set('a', 'new');
    writer.view.run = undefined;
    expect(await reader.read('a')).toBe('new');
    writer.view.run = 'run-2';

    expect(await reader.read('a')).toBe('new');
  });

  it('takes nothing of another log', async () => {
    const { writer, reader } = openTwo();
    await writer.read('a');
    reader.cache.open('log-2');
    reader.documents.set('a', 'of the other log');

    expect(await reader.read('a')).toBe('of the other log');
  });

  it.each(['', 'text', '[]\n{}', '["x"]', '["x","1.1",9e15]\n{"cut', '{"from":"x"}\n{}'])(
    'reads past a value that is no entry: %j',
    async (value) => {
      const shared = createMemoryCache();
      await shared.put('document-s1.item.a' as never, value, { ttlMs: 1_000 });
      const { reader } = openTwo(shared);
      reader.documents.set('a', 'true');

      expect(await reader.read('a')).toBe('true');
    },
  );

  it('misses while the shared cache holds nothing and stores nothing', async () => {
    const dead: Cache = {
      get: async () => undefined,
      put: async () => false,
      drop: async () => false,
      announce: async () => false,
      onInvalidated: () => () => undefined,
      isListening: () => false,
    };
    const { writer, reader } = openTwo(dead);
    writer.write('a', 'first');
    await reader.read('a');
    writer.write('a', 'second');

    expect(await reader.read('a', at(2) && 2)).toBe('second');
    expect(countsOf(reader)).toEqual([0, 0, 2]);
  });
});

const turn = () => new Promise((resolve) => setImmediate(resolve));
