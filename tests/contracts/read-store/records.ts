import type { Contract } from './suite.ts';

export function describeRecords({ store }: Contract): void {
  describe('the live generation', () => {
    it('is unknown until it is set, and then the last one set', async () => {
      expect(await store().liveGeneration('sales')).toBeUndefined();
      const first = { projection: 'sales', version: 1, generation: 1 };
      await store().setLiveGeneration(first);
      await store().setLiveGeneration({ projection: 'others', version: 7, generation: 9 });
      expect(await store().liveGeneration('sales')).toEqual(first);
      const second = { projection: 'sales', version: 2, generation: 2 };
      await store().setLiveGeneration(second);
      expect(await store().liveGeneration('sales')).toEqual(second);
      const some = await store().liveGenerations(['unknown', 'sales']);
      expect([...some]).toEqual([['sales', second]]);
      expect([...(await store().liveGenerations([]))]).toEqual([]);
    });
  });

  describe('the status of a projection', () => {
    it('is unknown until it is set, and then the last one set', async () => {
      expect(await store().projectionStatus('sales')).toBeUndefined();
      const blocked = {
        projection: 'sales',
        status: 'blocked' as const,
        eventId: 'event-1',
        reason: 'a "bug" — ñ',
        skipped: ['event-0'],
      };
      await store().setProjectionStatus(blocked);
      expect(await store().projectionStatus('sales')).toEqual(blocked);
      expect(await store().projectionStatus('others')).toBeUndefined();
      const some = await store().projectionStatuses(['others', 'sales']);
      expect([...some]).toEqual([['sales', blocked]]);
      const skipped = ['event-0', 'event-1'];
      await store().setProjectionStatus({ projection: 'sales', status: 'running', skipped });
      expect(await store().projectionStatus('sales')).toEqual({
        projection: 'sales',
        status: 'running',
        skipped,
      });
    });
  });
}
