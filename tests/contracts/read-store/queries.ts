import type { Query } from '../../../src/ports/read-store.ts';
import { idsOf, put, type Sale, SALES, write } from './documents.ts';
import type { Contract } from './suite.ts';

export function describeQueries({ store }: Contract): void {
  const find = (query: Query, storeId = 's1') =>
    idsOf(store().forStore(storeId).find<Sale>(SALES.name, query));

  describe('a query', () => {
    beforeEach(async () => {
      await store().ensureCollection(SALES);
      await put(store(), [
        write('s1', 'a', { total: 30, day: '2025-01-01' }),
        write('s1', 'b', { total: 10, day: '2025-01-02' }),
        write('s1', 'c', { total: 20, day: '2025-01-02' }),
        write('s1', 'd', { total: 20, day: '2025-01-03' }),
        write('s2', 'e', { total: 15, day: '2025-01-02' }),
      ]);
    });

    it('sorts both ways', async () => {
      expect(await find({ orderBy: 'total', limit: 10 })).toEqual(['b', 'c', 'd', 'a']);
      expect(await find({ orderBy: 'total', direction: 'descending', limit: 10 })).toEqual([
        'a',
        'd',
        'c',
        'b',
      ]);
    });

    it('sorts numbers as numbers and texts as texts', async () => {
      await put(store(), [
        write('s3', 'x', { total: 9, day: '9' }),
        write('s3', 'y', { total: 100, day: '100' }),
        write('s3', 'z', { total: -1.5, day: '-1.5' }),
      ]);
      expect(await find({ orderBy: 'total', limit: 10 }, 's3')).toEqual(['z', 'x', 'y']);
      expect(await find({ orderBy: 'day', limit: 10 }, 's3')).toEqual(['z', 'y', 'x']);
    });

    it('keeps only equal ones', async () => {
      const where = { day: '2025-01-02' };
      expect(await find({ where, orderBy: 'total', limit: 10 })).toEqual(['b', 'c']);
      expect(await find({ where: { ...where, total: 20 }, orderBy: 'total', limit: 10 })).toEqual([
        'c',
      ]);
      expect(await find({ where: { day: 'never' }, orderBy: 'total', limit: 10 })).toEqual([]);
    });

    it('does not take the text of a number for the number', async () => {
      expect(await find({ where: { total: '20' }, orderBy: 'total', limit: 10 })).toEqual([]);
      expect(await find({ where: { total: 20 }, orderBy: 'total', limit: 10 })).toEqual(['c', 'd']);
    });

    it('keeps a range, its start within and its end without', async () => {
      const range = { field: 'day', from: '2025-01-02', below: '2025-01-03' };
      expect(await find({ range, orderBy: 'day', limit: 10 })).toEqual(['b', 'c']);
      expect(
        await find({ range: { field: 'total', from: 20 }, orderBy: 'total', limit: 10 }),
      ).toEqual(['c', 'd', 'a']);
      expect(
        await find({ range: { field: 'total', below: 20 }, orderBy: 'total', limit: 10 }),
      ).toEqual(['b']);
      expect(await find({ range: { field: 'total' }, orderBy: 'total', limit: 10 })).toHaveLength(
        4,
      );
    });

    it('filters by one field and sorts by another', async () => {
      const range = { field: 'day', from: '2025-01-02' };
      expect(await find({ range, orderBy: 'total', direction: 'descending', limit: 10 })).toEqual([
        'd',
        'c',
        'b',
      ]);
    });

    it('answers at most so many, and never more than a thousand', async () => {
      expect(await find({ orderBy: 'total', limit: 2 })).toEqual(['b', 'c']);
      const many = Array.from({ length: 1_001 }, (_, i) => write('s4', `n${i}`, { total: i }));
      await put(store(), many);
      expect(await find({ orderBy: 'total', limit: 5_000 }, 's4')).toHaveLength(1_000);
    });

    it('answers positions and epochs with the documents', async () => {
      const sale = write('s5', 'x', { total: 1 }, { epoch: 4 });
      await put(store(), [sale]);
      const [found] = await store().forStore('s5').find(SALES.name, { orderBy: 'total', limit: 1 });
      expect(found).toEqual(sale);
    });

    it('finds documents that lack the field, before all texts', async () => {
      await put(store(), [
        write('s6', 'x', { total: 1 }),
        write('s6', 'y', { total: 1, day: 'd' }),
      ]);
      expect(await find({ orderBy: 'day', limit: 10 }, 's6')).toEqual(['x', 'y']);
      expect(await find({ where: { day: '' }, orderBy: 'day', limit: 10 }, 's6')).toEqual(['x']);
    });

    it('by a field that no index declares is refused', async () => {
      await expect(find({ orderBy: 'colour', limit: 1 })).rejects.toThrow('colour');
      const where = { colour: 'red' };
      await expect(find({ where, orderBy: 'total', limit: 1 })).rejects.toThrow('colour');
      const range = { field: 'colour', from: 'red' };
      await expect(find({ range, orderBy: 'total', limit: 1 })).rejects.toThrow('colour');
    });
  });

  describe('pages', () => {
    const COUNT = 23;
    beforeEach(async () => {
      await store().ensureCollection(SALES);
      const sales = Array.from({ length: COUNT }, (_, i) =>
        // Many ties, and keys in another order than the values.
        write('s1', `n${(i * 7) % COUNT}`, { total: i % 3, day: `d${i % 2}` }),
      );
      await put(store(), [...sales, write('s2', 'other', { total: 1, day: 'd1' })]);
    });

    async function pageThrough(query: Omit<Query, 'after'>): Promise<string[]> {
      const keys: string[] = [];
      let after: Query['after'];
      for (let pages = 0; pages <= COUNT; pages++) {
        const page = await store()
          .forStore('s1')
          .find<Sale>(SALES.name, { ...query, ...(after && { after }) });
        keys.push(...page.map(({ key }) => key));
        const last = page.at(-1);
        if (!last) return keys;
        after = { value: last.body[query.orderBy] as string | number, key: last.key };
      }
      throw new Error('the pages do not end');
    }

    it.each(['ascending', 'descending'] as const)(
      'go %s through ties, each document once and in order',
      async (direction) => {
        for (const orderBy of ['total', 'day']) {
          const whole = await store()
            .forStore('s1')
            .find(SALES.name, { orderBy, direction, limit: 100 });
          expect(whole).toHaveLength(COUNT);
          const keys = await pageThrough({ orderBy, direction, limit: 4 });
          expect(keys).toEqual(whole.map(({ key }) => key));
        }
      },
    );

    it('keep to their filters', async () => {
      const keys = await pageThrough({ where: { day: 'd1' }, orderBy: 'total', limit: 2 });
      expect(new Set(keys).size).toBe(11);
      expect(keys).toHaveLength(11);
    });

    it('are not disturbed by what is written behind them', async () => {
      const query = { orderBy: 'total', limit: 5 };
      const first = await store().forStore('s1').find<Sale>(SALES.name, query);
      const last = first.at(-1);
      if (!last) throw new Error('expected a page');
      await put(store(), [write('s1', 'zero', { total: -1 })]);
      const after = { value: last.body.total ?? 0, key: last.key };
      const second = await store()
        .forStore('s1')
        .find(SALES.name, { ...query, after });
      const keys = [...first, ...second].map(({ key }) => key);
      expect(new Set(keys).size).toBe(10);
      expect(keys).not.toContain('s1.zero');
    });
  });

  describe("a shop's documents", () => {
    beforeEach(async () => {
      await store().ensureCollection(SALES);
      await put(store(), [write('s1', 'a', { total: 1 }), write('s2', 'b', { total: 1 })]);
    });

    it('are all that it can get', async () => {
      expect(await store().forStore('s1').get(SALES.name, 's1.a')).toBeDefined();
      expect(await store().forStore('s1').get(SALES.name, 's2.b')).toBeUndefined();
      expect(await store().forStore('s3').get(SALES.name, 's1.a')).toBeUndefined();
    });

    it('are all that it can find, whatever it asks for', async () => {
      expect(await find({ orderBy: 'total', limit: 9 })).toEqual(['a']);
      expect(await find({ where: { total: 1 }, orderBy: 'total', limit: 9 }, 's2')).toEqual(['b']);
      const after = { value: 0, key: '' };
      expect(await find({ orderBy: 'total', limit: 9, after })).toEqual(['a']);
      for (const storeId of ['', 's', 's1%', "s1' OR '1'='1", 's3']) {
        expect(await find({ orderBy: 'total', limit: 9 }, storeId)).toEqual([]);
      }
    });
  });
}
