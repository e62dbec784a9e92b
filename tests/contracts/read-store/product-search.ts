import type { ProductFields } from '../../../src/domain/catalog/events.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import type { Projection } from '../../../src/engine/projections/folding/projection.ts';
import type { Reads } from '../../../src/engine/projections/reads.ts';
import { wordsOf } from '../../../src/lib/search-words.ts';
import type { CollectionSpec } from '../../../src/ports/read-store.ts';
import { productSearch } from '../../../src/projections/catalog/product-search/projection.ts';
import {
  SEARCH_ORDERS,
  type SearchOrder,
  searchProducts,
} from '../../../src/projections/catalog/product-search/queries.ts';
import { products } from '../../../src/projections/catalog/products/projection.ts';
import type { ProductFilter } from '../../../src/projections/catalog/products/queries.ts';
import { at, put } from './documents.ts';
import type { Contract } from './suite.ts';

const STORE = 's1';
const COUNT = 300;
const PAGE = 20;
/** Beginnings of one another, with accents and beyond the first plane of Unicode. */
const WORDS = [
  'café',
  'Cafetera',
  'CAFEÍNA',
  'té',
  'Tea',
  'té-verde',
  'zumo',
  '𝒳ylo',
  'crème',
  'ß',
];
const MORE = Array.from({ length: 30 }, (_, n) => `q${n}x`);

const specOf = ({ collection, indexes }: Projection): CollectionSpec => ({
  name: `${collection}__v1_g1`,
  indexes,
});

/** The same products in every run: numbers choose words, prices and categories. */
function productOf(n: number): ProductFields {
  const word = (by: number, list = WORDS) => list[(n * by) % list.length] ?? '';
  return {
    name: `${word(7)} ${word(3)} ${n % 90}`,
    description: `${word(11)} ${word(13, MORE)}`,
    sku: `SKU-${n}`,
    currency: 'EUR',
    priceMinor: 100 + ((n * 37) % 50),
    branchPrices: [],
    ...(n % 3 > 0 && { categoryId: `c${n % 3}` }),
    modifierGroups: [],
    allergens: [],
    images: [],
    stockPolicy: n % 5 === 0 ? 'tracked' : 'none',
    active: n % 7 > 0,
  };
}

const idOf = (n: number) => `p${String(n).padStart(4, '0')}`;

function createdEvent(n: number): RecordedEvent {
  return {
    id: `event-${n}`,
    type: 'ProductCreated',
    data: { productId: idOf(n), ...productOf(n) },
    stream: streamName('product', STORE, idOf(n)),
    revision: 0,
    position: at(n + 1),
    recordedAt: '2025-01-01T00:00:00.000Z',
    metadata: {
      storeId: STORE,
      commandId: 'c',
      fields: {},
      correlationId: 'c',
      causationId: 'c',
      actor: { kind: 'key', id: 'k' },
      schemaVersion: 1,
    },
  };
}

const sortName = ({ name }: ProductFields) => wordsOf(name).join(' ');

/** What a search finds, by looking at every product. */
function expected(q: string, filter: ProductFilter): number[] {
  const words = wordsOf(q);
  return Array.from({ length: COUNT }, (_, n) => n).filter((n) => {
    const { name, description = '', sku = '', ...product } = productOf(n);
    const parts = wordsOf(sku);
    const terms = [...wordsOf(name), ...wordsOf(description), ...parts, parts.join('')];
    const { categoryId, active, minPriceMinor = 0, maxPriceMinor = 1_000 } = filter;
    return (
      words.every((word) => terms.some((term) => term.startsWith(word))) &&
      (categoryId === undefined || product.categoryId === categoryId) &&
      (active === undefined || product.active === active) &&
      product.priceMinor >= minPriceMinor &&
      product.priceMinor <= maxPriceMinor
    );
  });
}

function inOrder(found: readonly number[], order: SearchOrder): string[] {
  const bytes = (text: string) => Buffer.from(text);
  const compare = (a: number, b: number) => {
    const [one, other] = [productOf(a), productOf(b)];
    const byValue = order.endsWith('price')
      ? one.priceMinor - other.priceMinor
      : Buffer.compare(bytes(sortName(one)), bytes(sortName(other)));
    return (byValue || a - b) * (order.startsWith('-') ? -1 : 1);
  };
  return [...found].sort(compare).map(idOf);
}

const SEARCHES = [
  'caf',
  'café',
  'CAFE te',
  't',
  'c',
  'q',
  'sku',
  'sku7',
  'zumo crem',
  'q1',
  '𝒳',
  'ss',
  'nothing',
  'cafe cafetera',
];
const FILTERS: readonly ProductFilter[] = [
  {},
  { categoryId: 'c1' },
  { active: true, maxPriceMinor: 120 },
  { minPriceMinor: 110, maxPriceMinor: 130 },
];

/** The search of products, whose answers are the same whatever stores its words. */
export function describeProductSearch({ store }: Contract): void {
  describe('the search of products', () => {
    const collections = new Map([products, productSearch].map((each) => [each.name, specOf(each)]));
    const nameOf = (projection: string) => collections.get(projection)?.name ?? '';
    const reads = (): Reads => ({
      get: (projection, key) => store().forStore(STORE).get(nameOf(projection), key),
      find: (projection, query) => store().forStore(STORE).find(nameOf(projection), query),
    });

    beforeEach(async () => {
      for (const projection of [products, productSearch] as Projection[]) {
        const collection = specOf(projection);
        await store().ensureCollection(collection);
        const writes = Array.from({ length: COUNT }, (_, n) => createdEvent(n)).flatMap((event) =>
          projection.keys(event).map((key) => ({
            key,
            storeId: STORE,
            position: event.position,
            epoch: 0,
            body: projection.evolve(undefined, event as never, key),
          })),
        );
        for (let from = 0; from < writes.length; from += 1_000) {
          await put(store(), writes.slice(from, from + 1_000), { collection });
        }
      }
    });

    async function allPages(q: string, filter: ProductFilter, order: SearchOrder) {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = { limit: PAGE, cursor };
        const found = await searchProducts(reads(), STORE, q, filter, order, page);
        expect(found.items.length).toBeLessThanOrEqual(PAGE);
        ids.push(...found.items.map(({ productId }) => productId));
        cursor = found.nextCursor;
      } while (cursor !== undefined);
      return ids;
    }

    it('finds what a look at every product finds, each once, page by page', async () => {
      for (const [n, q] of SEARCHES.entries()) {
        const filter = FILTERS[n % FILTERS.length] ?? {};
        const found = expected(q, filter);
        for (const order of SEARCH_ORDERS) {
          const ids = await allPages(q, filter, order);
          const about = { q, filter, order };
          const sorted = order === 'relevance' ? ids.toSorted() : ids;
          const wanted = order === 'relevance' ? found.map(idOf) : inOrder(found, order);
          expect({ ...about, ids: sorted }).toEqual({ ...about, ids: wanted });
        }
      }
    }, 60_000);

    it('shows by relevance whole words before longer ones, and names before descriptions', async () => {
      const ids = await allPages('te', {}, 'relevance');
      const ranks = ids.map((id) => {
        const { name, description = '' } = productOf(Number(id.slice(1)));
        if (wordsOf(name).includes('te')) return 0;
        return wordsOf(description).includes('te') ? 1 : 2;
      });
      expect(ranks).toEqual(ranks.toSorted());
      expect(new Set(ranks)).toEqual(new Set([0, 1, 2]));
    });
  });
}
