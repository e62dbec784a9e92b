import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import type { CollectionSpec } from '../../../src/ports/read-store.ts';
import { SALES } from '../../contracts/read-store/documents.ts';
import { describeReadStoreContract } from '../../contracts/read-store/suite.ts';

/** It has no index files; losing an index means that queries may not use its fields. */
function without(spec: CollectionSpec, index: string): CollectionSpec {
  return { ...spec, indexes: spec.indexes.filter(({ name }) => name !== index) };
}

describeReadStoreContract('in-memory', () => {
  const store = createMemoryReadStore();
  return Promise.resolve({
    store,
    reopen: () => Promise.resolve(store),
    loseIndex: (_collection, index) => store.ensureCollection(without(SALES, index)),
    hasIndex: async (collection, index) => {
      const fields = SALES.indexes.find(({ name }) => name === index)?.fields ?? [];
      try {
        for (const orderBy of fields) {
          await store.forStore('s1').find(collection, { orderBy, limit: 1 });
        }
        return true;
      } catch {
        return false;
      }
    },
    destroy: () => store.close(),
  });
});

describe('the in-memory read store with frozen reads', () => {
  it('throws when a caller changes a document that it has read', async () => {
    const store = createMemoryReadStore({ frozenReads: true });
    await store.ensureCollection(SALES);
    const position = { commit: 1n, prepare: 1n };
    const write = { key: 's1.a', storeId: 's1', position, epoch: 0, body: { lines: ['a'] } };
    await store.commit({ documents: [{ collection: SALES, writes: [write] }], checkpoints: [] });
    const read = await store.forStore('s1').get<{ lines: string[] }>(SALES.name, 's1.a');
    expect(() => read?.body.lines.push('b')).toThrow(TypeError);
  });
});
