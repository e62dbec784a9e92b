import { checkpointAt, put, SALES, write } from './documents.ts';
import type { Contract } from './suite.ts';

export function describeReopening({ store, opened }: Contract): void {
  describe('a store that is opened again', () => {
    it('has all that was committed', async () => {
      const { reopen } = opened();
      if (!reopen) throw new Error('this store forgets everything');
      await store().ensureCollection(SALES);
      await put(store(), [write('s1', '1', { total: 1 })], {
        checkpoints: [{ name: SALES.name, from: undefined, to: checkpointAt(5) }],
        revisions: { feed: 'feed', of: new Map([['order-s1.1', 4]]) },
      });
      const generation = { projection: 'sales', version: 1, generation: 1 };
      await store().setLiveGeneration(generation);
      const status = { projection: 'sales', status: 'running', skipped: ['event-1'] } as const;
      await store().setProjectionStatus(status);

      const again = await reopen();
      expect(await again.listCollections()).toEqual([SALES.name]);
      expect(await again.checkpoint(SALES.name)).toEqual(checkpointAt(5));
      expect(await again.revisions('feed', ['order-s1.1'])).toEqual(new Map([['order-s1.1', 4]]));
      expect(await again.liveGeneration('sales')).toEqual(generation);
      expect(await again.projectionStatus('sales')).toEqual(status);
      // Queries may come before anybody ensures the collection.
      const query = { where: { total: 1 }, orderBy: 'total', limit: 5 };
      expect(await again.forStore('s1').find(SALES.name, query)).toHaveLength(1);
      await again.ensureCollection(SALES);
      await put(again, [write('s1', '2', { total: 2 })], {
        checkpoints: [{ name: SALES.name, from: checkpointAt(5), to: checkpointAt(6) }],
      });
      expect(await again.scan(SALES.name, '', 10)).toHaveLength(2);
    });
  });
}
