import { createReads } from '../../../src/api/pipeline/reads.ts';
import { documentKey, partsOf } from '../../../src/domain/kernel/names.ts';
import { collectionOf } from '../../../src/engine/projections/folding/projection.ts';
import type { StoredProduct } from '../../../src/projections/catalog/products/document.ts';
import { asProduct, products } from '../../../src/projections/catalog/products/projection.ts';
import { cachedProduct, findProduct } from '../../../src/projections/catalog/products/queries.ts';
import type { SimNode } from '../nodes/node.ts';
import type { Fail, Seen } from './checker.ts';
import { sameJson } from './same-json.ts';

/** Longest time after the last change in which an older body may be read: drops are repeated. */
const FRESH_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 400;
const PATIENCE_MS = 5_000;

/** A body that every node reads as its document is, once nothing changes any more. */
export function createCacheAudit({ conditions, nodes, servers }: Seen, fail: Fail) {
  const { world } = conditions;
  const pause = () => new Promise<void>((resolve) => world.at(LOOK_EVERY_MS, 'waits', resolve));

  /** Without a position, so that any entry of a cache may answer. */
  function ask({ app, life }: SimNode, storeId: string, productId: string): Promise<unknown> {
    if (!app || !life) return Promise.resolve(undefined);
    const { readCache, projections, readStore } = app.services;
    const reads = createReads(projections, readStore, storeId);
    const load = () => findProduct(reads, storeId, productId);
    const request = { storeId, parts: [productId], position: undefined, load };
    return new Promise((resolve) => {
      const begin = () =>
        void readCache.read(cachedProduct, request).then(resolve, () => resolve(undefined));
      world.at(0, 'reads a product', begin, life);
      world.at(PATIENCE_MS, 'no answer', () => resolve(undefined));
    });
  }

  async function outdated(): Promise<string | undefined> {
    const live = await servers.readStore.liveGeneration(products.name);
    if (!live) return undefined;
    const { name } = collectionOf(products, live.generation);
    const created = servers.recorded.filter(({ type }) => type === 'ProductCreated');
    for (const { stream, metadata } of created) {
      const [productId = ''] = partsOf(stream).parts;
      const key = documentKey(metadata.storeId, productId);
      for (const node of nodes) {
        const shown = await ask(node, metadata.storeId, productId);
        const stored = (await servers.readStore.load(name, [key])).get(key);
        const expected = stored && asProduct(stored.body as StoredProduct);
        if (!sameJson(shown, expected)) return `${node.name} shows another ${key} than is stored`;
      }
    }
    return undefined;
  }

  return {
    async settle(): Promise<void> {
      const until = world.now + FRESH_WITHIN_MS;
      let found = await outdated();
      while (found !== undefined && world.now < until && !world.failure) {
        await pause();
        found = await outdated();
      }
      if (found !== undefined) fail('cache-is-fresh', `after ${FRESH_WITHIN_MS} ms: ${found}`);
    },
  };
}
