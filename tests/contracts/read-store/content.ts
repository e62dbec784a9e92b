import { documentKey } from '../../../src/domain/kernel/names.ts';
import { put, type Sale, SALES, write } from './documents.ts';
import type { Contract } from './suite.ts';

const HUGE = 9_223_372_036_854_775_807n;

export function describeContent({ store }: Contract): void {
  describe('what documents hold', () => {
    beforeEach(() => store().ensureCollection(SALES));

    async function roundTrip(body: Sale): Promise<unknown> {
      await put(store(), [write('s1', 'x', body)]);
      return (await store().forStore('s1').get(SALES.name, 's1.x'))?.body;
    }

    it.each([
      ['nothing', {}],
      ['every kind of JSON', { a: null, b: true, c: 1.5, d: 'x', e: [1, [2, { f: [] }]], g: {} }],
      ['numbers at the edge', { max: Number.MAX_SAFE_INTEGER, min: -9007199254740991, e: 1e-7 }],
      ['text of all scripts', { text: 'añ 漢字 🧾 \u0000 \u2028 \\ " \' \n', '🧾 key': 1 }],
      ['names that databases use', { key: 'k', store_id: 's2', position: 1, epoch: 'e', body: {} }],
    ])('comes back as it went in: %s', async (_, body) => {
      expect(await roundTrip(body)).toEqual(body);
    });

    it('may be large', async () => {
      const lines = Array.from({ length: 20_000 }, (_, i) => ({
        id: `line-${i}`,
        name: '🧾'.repeat(20),
      }));
      const body = { total: 1, lines };
      expect(JSON.stringify(body).length).toBeGreaterThan(1_000_000);
      expect(await roundTrip(body)).toEqual(body);
    });

    it('may be deep', async () => {
      let deep: unknown = 'bottom';
      for (let i = 0; i < 90; i++) deep = { deep };
      expect(await roundTrip({ deep })).toEqual({ deep });
    });

    it('is not shared with whoever wrote or read it', async () => {
      const body = { total: 1, lines: ['a'] };
      await put(store(), [write('s1', 'x', body)]);
      body.lines.push('b');
      const shop = store().forStore('s1');
      const first = await shop.get<{ lines: string[] }>(SALES.name, 's1.x');
      first?.body.lines.push('c');
      expect((await shop.get(SALES.name, 's1.x'))?.body).toEqual({ total: 1, lines: ['a'] });
    });

    it('has keys of any text, each its own', async () => {
      const ids = ['añ', 'an\u0303', '漢字', '🧾', 'a.b', 'a b', '%2E', 'A', 'a', "'", '..', '-'];
      const writes = ids.map((id, i) => write('s1', id, { total: i }));
      await put(store(), writes);
      for (const [i, id] of ids.entries()) {
        const found = await store().forStore('s1').get<Sale>(SALES.name, documentKey('s1', id));
        expect(found?.body.total).toBe(i);
      }
      const loaded = await store().load(
        SALES.name,
        writes.map(({ key }) => key),
      );
      expect(loaded.size).toBe(ids.length);
    });

    it('is found by any text', async () => {
      const days = ['añ', '漢字', '🧾', "' OR 1=1 --", '%', '_', '$where', 'x\u0000y', ''];
      await put(
        store(),
        days.map((day, i) => write('s1', `n${i}`, { day, total: i })),
      );
      for (const [i, day] of days.entries()) {
        const found = await store()
          .forStore('s1')
          .find<Sale>(SALES.name, { where: { day }, orderBy: 'total', limit: 10 });
        expect(found.map(({ body }) => body.total)).toEqual([i]);
      }
    });

    it('keeps positions exact far beyond 2^53', async () => {
      const position = { commit: HUGE, prepare: HUGE - 1n };
      const sale = write('s1', 'x', { total: 1 }, { position });
      await put(store(), [sale]);
      expect((await store().load(SALES.name, [sale.key])).get(sale.key)?.position).toEqual(
        position,
      );
    });
  });
}
