import { at, checkpointAt, put, type Sale, SALES, write } from './documents.ts';
import type { Contract } from './suite.ts';

export function describeCommits({ store, opened }: Contract): void {
  describe('a commit', () => {
    beforeEach(() => store().ensureCollection(SALES));

    it('writes documents that are then loaded as they were given', async () => {
      const sale = write('s1', '1', { total: 5, lines: [{ sku: 'a' }] }, { epoch: 3 });
      await put(store(), [sale]);
      const loaded = await store().load(SALES.name, ['s1.1', 's1.2']);
      expect([...loaded]).toEqual([['s1.1', sale]]);
    });

    it('replaces a document whole, with its position and epoch', async () => {
      await put(store(), [write('s1', '1', { total: 5, day: 'd1' })]);
      const next = write('s1', '1', { total: 6 }, { position: at(9), epoch: 1 });
      await put(store(), [next]);
      expect((await store().load(SALES.name, ['s1.1'])).get('s1.1')).toEqual(next);
      const byDay = store().forStore('s1');
      const found = await byDay.find(SALES.name, {
        where: { day: 'd1' },
        orderBy: 'total',
        limit: 9,
      });
      expect(found).toEqual([]);
    });

    it('puts a document right that had come into the wrong shop', async () => {
      await put(store(), [write('s1', '1', { total: 5 }, { storeId: 's2' })]);
      await put(store(), [write('s1', '1', { total: 5 }, { epoch: 1 })]);
      expect(await store().forStore('s2').get(SALES.name, 's1.1')).toBeUndefined();
      expect(await store().forStore('s1').get(SALES.name, 's1.1')).toBeDefined();
    });

    it('deletes a document without a body, also one that is not there', async () => {
      await put(store(), [write('s1', '1', { total: 5 }), write('s1', '2', { total: 6 })]);
      await put(store(), [
        write('s1', '1', undefined, { position: at(2) }),
        write('s1', '3', undefined, { position: at(2) }),
      ]);
      const loaded = await store().load(SALES.name, ['s1.1', 's1.2', 's1.3']);
      const there = [...loaded.values()].filter(({ body }) => body !== undefined);
      expect(there.map(({ key }) => key)).toEqual(['s1.2']);
      expect(await store().forStore('s1').get(SALES.name, 's1.1')).toBeUndefined();
      expect(await store().scan(SALES.name, '', 10)).toHaveLength(1);
    });

    it('brings a deleted document back', async () => {
      await put(store(), [write('s1', '1', { total: 5 })]);
      await put(store(), [write('s1', '1', undefined, { position: at(2) })]);
      await put(store(), [write('s1', '1', { total: 7 }, { position: at(3) })]);
      expect(await store().forStore('s1').get(SALES.name, 's1.1')).toMatchObject({
        body: { total: 7 },
      });
    });

    it('writes documents of several collections, checkpoints and revisions together', async () => {
      const other = { ...SALES, name: 'others__v1_g1' };
      await store().ensureCollection(other);
      const to = checkpointAt(4);
      const outcome = await store().commit({
        documents: [
          { collection: SALES, writes: [write('s1', '1', { total: 1 })] },
          { collection: other, writes: [write('s1', '1', { total: 2 })] },
        ],
        checkpoints: [
          { name: SALES.name, from: undefined, to },
          { name: 'feed', from: undefined, to },
        ],
        revisions: { feed: 'feed', of: new Map([['order-s1.1', 7]]) },
      });
      expect(outcome).toEqual({ outcome: 'done' });
      expect(await store().forStore('s1').get(SALES.name, 's1.1')).toMatchObject({
        body: { total: 1 },
      });
      expect(await store().forStore('s1').get(other.name, 's1.1')).toMatchObject({
        body: { total: 2 },
      });
      expect(await store().checkpoint(SALES.name)).toEqual(to);
      expect(await store().checkpoint('feed')).toEqual(to);
      expect(await store().revisions('feed', ['order-s1.1'])).toEqual(new Map([['order-s1.1', 7]]));
    });

    it('with nothing in it is done', async () => {
      expect(await store().commit({ documents: [], checkpoints: [] })).toEqual({ outcome: 'done' });
      await put(store(), []);
    });

    it('replaces a document that was taken to be new', async () => {
      const isNew = true;
      await put(store(), [write('s1', '1', { total: 1 }, { isNew })]);
      const newer = { position: at(5), isNew };
      const writes = [
        write('s1', '1', { total: 2 }, newer),
        write('s1', '2', { total: 3 }, newer),
        write('s1', '3', undefined, newer),
      ];
      await put(store(), writes);
      await put(store(), writes);
      const stored = await store().load(SALES.name, ['s1.1', 's1.2', 's1.3']);
      expect(stored.get('s1.1')).toMatchObject({ position: at(5), body: { total: 2 } });
      expect(stored.get('s1.2')).toMatchObject({ position: at(5), body: { total: 3 } });
      expect(stored.get('s1.3')?.body).toBeUndefined();
    });

    it('takes a thousand documents at once', async () => {
      const many = Array.from({ length: 1_000 }, (_, i) => write('s1', `n${i}`, { total: i }));
      await put(store(), many);
      const keys = many.map(({ key }) => key);
      expect((await store().load(SALES.name, keys)).size).toBe(1_000);
    });
  });

  describe('a commit whose checkpoint was moved by somebody else', () => {
    beforeEach(async () => {
      await store().ensureCollection(SALES);
      await put(store(), [write('s1', '1', { total: 1 })], {
        checkpoints: [{ name: SALES.name, from: undefined, to: checkpointAt(5) }],
        revisions: { feed: 'feed', of: new Map([['order-s1.1', 1]]) },
      });
    });

    it.each([
      ['had none', undefined],
      ['had an older one', checkpointAt(4)],
      ['had a newer one', checkpointAt(6)],
      ['had one of another log', checkpointAt(5, 'log-2')],
      [
        'had one of another prepare position',
        {
          ...checkpointAt(5),
          position: { commit: 5n, prepare: 4n },
        },
      ],
    ])('writes nothing at all when the mover %s', async (_, from) => {
      const outcome = await store().commit({
        documents: [
          {
            collection: SALES,
            writes: [write('s1', '1', { total: 2 }), write('s1', '2', { total: 3 })],
          },
        ],
        checkpoints: [
          { name: 'another', from: undefined, to: checkpointAt(9) },
          { name: SALES.name, from, to: checkpointAt(9) },
        ],
        revisions: {
          feed: 'feed',
          of: new Map([
            ['order-s1.1', 2],
            ['order-s1.2', 0],
          ]),
        },
      });
      expect(outcome).toEqual({ outcome: 'checkpoint-moved', name: SALES.name });
      const [only, ...others] = await store().scan(SALES.name, '', 10);
      expect(only?.body).toEqual({ total: 1 });
      expect(others).toEqual([]);
      expect(await store().checkpoint(SALES.name)).toEqual(checkpointAt(5));
      expect(await store().checkpoint('another')).toBeUndefined();
      expect(await store().revisions('feed', ['order-s1.1', 'order-s1.2'])).toEqual(
        new Map([['order-s1.1', 1]]),
      );
    });

    it('writes nothing when the checkpoint is gone', async () => {
      await store().resetCheckpoint(SALES.name);
      const outcome = await store().commit({
        documents: [{ collection: SALES, writes: [write('s1', '1', { total: 2 })] }],
        checkpoints: [{ name: SALES.name, from: checkpointAt(5), to: checkpointAt(6) }],
      });
      expect(outcome).toEqual({ outcome: 'checkpoint-moved', name: SALES.name });
      expect(await store().checkpoint(SALES.name)).toBeUndefined();
    });

    it('lets one of two movers win', async () => {
      const move = (total: number) => {
        const position = at(5 + total);
        return store().commit({
          documents: [{ collection: SALES, writes: [write('s1', '1', { total }, { position })] }],
          checkpoints: [{ name: SALES.name, from: checkpointAt(5), to: checkpointAt(5 + total) }],
        });
      };
      const outcomes = await Promise.all([move(10), move(20)]);
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['checkpoint-moved', 'done']);
      const winner = outcomes[0]?.outcome === 'done' ? 10 : 20;
      const [kept] = await store().scan(SALES.name, '', 10);
      // The other one may have written its documents before it lost.
      const atomic = opened().atomic ?? true;
      expect(atomic ? [winner] : [10, 20]).toContain((kept?.body as Sale).total);
      expect(await store().checkpoint(SALES.name)).toEqual(checkpointAt(5 + winner));
    });

    it('goes on normally after the refusal', async () => {
      const to = checkpointAt(6);
      await store().commit({
        documents: [],
        checkpoints: [{ name: SALES.name, from: undefined, to }],
      });
      await put(store(), [write('s1', '1', { total: 2 })], {
        checkpoints: [{ name: SALES.name, from: checkpointAt(5), to }],
      });
      expect(await store().checkpoint(SALES.name)).toEqual(to);
    });
  });

  describe('a commit that cannot be carried out', () => {
    it('writes nothing, not even to the collections that are there', async () => {
      await store().ensureCollection(SALES);
      const commit = store().commit({
        documents: [
          { collection: SALES, writes: [write('s1', '1', { total: 1 })] },
          { collection: { name: 'nowhere__v1_g1', indexes: [] }, writes: [write('s1', '1', {})] },
        ],
        checkpoints: [{ name: 'feed', from: undefined, to: checkpointAt(1) }],
      });
      await expect(commit).rejects.toThrow('nowhere__v1_g1');
      expect(await store().scan(SALES.name, '', 10)).toEqual([]);
      expect(await store().checkpoint('feed')).toBeUndefined();
      await put(store(), [write('s1', '1', { total: 1 })]);
    });
  });
}
