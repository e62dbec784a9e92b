import { idsOf, put, SALES, write } from './documents.ts';
import type { Contract } from './suite.ts';

export function describeCollections({ store, opened }: Contract): void {
  describe('a collection', () => {
    it('may be ensured again and again and keeps what it holds', async () => {
      await store().ensureCollection(SALES);
      await put(store(), [write('s1', '1', { total: 1 })]);
      await store().ensureCollection(SALES);
      await store().ensureCollection(SALES);
      expect(await store().scan(SALES.name, '', 10)).toHaveLength(1);
      expect(await store().listCollections()).toEqual([SALES.name]);
    });

    it('gets its lost index back when it is ensured', async () => {
      const { loseIndex, hasIndex } = opened();
      if (!loseIndex || !hasIndex) throw new Error('this store cannot lose an index');
      await store().ensureCollection(SALES);
      await put(store(), [write('s1', '1', { total: 1 })]);
      await loseIndex(SALES.name, 'by_day');
      expect(await hasIndex(SALES.name, 'by_day')).toBe(false);
      await store().ensureCollection(SALES);
      expect(await hasIndex(SALES.name, 'by_day')).toBe(true);
    });

    it('takes an index that is new, for what it holds already as well', async () => {
      await store().ensureCollection(SALES);
      await put(store(), [
        write('s1', '1', { total: 1, colour: 'red', size: 2 }),
        write('s1', '2', { total: 2, colour: 'blue', size: 1 }),
        write('s1', '3', { total: 3, colour: null }),
      ]);
      const indexes = [...SALES.indexes, { name: 'by_look', fields: ['colour', 'size'] }];
      const wider = { ...SALES, indexes };
      await store().ensureCollection(wider);
      const query = { orderBy: 'colour', limit: 10 };
      const shop = store().forStore('s1');
      expect(await idsOf(shop.find(SALES.name, query))).toEqual(['3', '2', '1']);
      const small = { where: { size: 1 }, orderBy: 'colour', limit: 10 };
      expect(await idsOf(shop.find(SALES.name, small))).toEqual(['2']);
      await put(store(), [write('s1', '4', { colour: 'black' })], { collection: wider });
      expect(await idsOf(shop.find(SALES.name, query))).toEqual(['3', '4', '2', '1']);
    });

    it('does without indexes', async () => {
      const plain = { name: 'plain__v1_g1', indexes: [] };
      await store().ensureCollection(plain);
      await put(store(), [write('s1', '1', { total: 1 })], { collection: plain });
      expect(await store().forStore('s1').get(plain.name, 's1.1')).toBeDefined();
    });

    it('is listed by its physical name until it is dropped', async () => {
      const next = { ...SALES, name: 'sales__v1_g2' };
      await store().ensureCollection(next);
      await store().ensureCollection(SALES);
      expect(await store().listCollections()).toEqual([SALES.name, next.name]);
      await store().dropCollection(SALES.name);
      expect(await store().listCollections()).toEqual([next.name]);
    });

    it('is apart from the other generations', async () => {
      const next = { ...SALES, name: 'sales__v1_g2' };
      await store().ensureCollection(SALES);
      await store().ensureCollection(next);
      await put(store(), [write('s1', '1', { total: 1 })]);
      await put(store(), [write('s1', '2', { total: 2 })], { collection: next });
      expect((await store().scan(SALES.name, '', 10)).map(({ key }) => key)).toEqual(['s1.1']);
      await store().dropCollection(next.name);
      expect(await store().scan(SALES.name, '', 10)).toHaveLength(1);
    });

    it('is empty and without checkpoint when it was dropped and made again', async () => {
      await store().ensureCollection(SALES);
      const to = { logId: 'log-1', position: { commit: 1n, prepare: 1n }, eventId: undefined };
      await put(store(), [write('s1', '1', { total: 1 })], {
        checkpoints: [
          { name: SALES.name, from: undefined, to },
          { name: 'feed', from: undefined, to },
        ],
      });
      await store().dropCollection(SALES.name);
      await store().ensureCollection(SALES);
      expect(await store().scan(SALES.name, '', 10)).toEqual([]);
      expect(await store().checkpoint(SALES.name)).toBeUndefined();
      expect(await store().checkpoint('feed')).toEqual(to);
      await put(store(), [write('s1', '1', { total: 2 })]);
      expect(await store().forStore('s1').get(SALES.name, 's1.1')).toMatchObject({
        body: { total: 2 },
      });
    });

    it('that is not there can be dropped', async () => {
      await expect(store().dropCollection('nothing__v1_g1')).resolves.toBeUndefined();
    });
  });

  describe('a scan', () => {
    beforeEach(() => store().ensureCollection(SALES));

    it('goes through the documents of all shops by key, each once', async () => {
      const sales = Array.from({ length: 25 }, (_, i) =>
        write(`s${i % 3}`, `n${i}`, { total: 25 - i }),
      );
      await put(store(), sales);
      const keys: string[] = [];
      for (let after = ''; ;) {
        const page = await store().scan(SALES.name, after, 4);
        if (page.length === 0) break;
        expect(page.length).toBeLessThanOrEqual(4);
        keys.push(...page.map(({ key }) => key));
        after = page.at(-1)?.key ?? '';
      }
      expect(keys).toEqual(sales.map(({ key }) => key).sort());
    });

    it('of an empty collection finds nothing', async () => {
      expect(await store().scan(SALES.name, '', 10)).toEqual([]);
    });
  });
}
