import { features } from '../../src/features/index.ts';
import { openWorld } from '../api/support/api-world.ts';
import { notesFeature } from '../api/support/notes.ts';

describe('the features', () => {
  it('have names, read models and categories of their own', () => {
    const names = features.map(({ name }) => name);
    const projections = features.flatMap((feature) => feature.projections.map(({ name }) => name));
    const categories = features.flatMap(({ deciders }) => deciders.map((one) => one.category));

    for (const list of [names, projections, categories]) {
      expect(list.length).toBeGreaterThan(1);
      expect(new Set(list).size).toBe(list.length);
    }
  });

  it('are refused at the start when a read model follows a category that no decider has', async () => {
    await expect(openWorld({ features: [{ ...notesFeature, deciders: [] }] })).rejects.toThrow(
      'expected a category that a decider declares, found {"name":"notes","category":"order"}',
    );
  });
});
