import { dayBefore } from '../../../domain/kernel/business-day.ts';
import type { CachedRead } from '../../../engine/projections/cached-read.ts';
import type { Reads } from '../../../engine/projections/reads.ts';
import type { ProductDocument } from '../products/document.ts';
import { products } from '../products/projection.ts';
import { cachedProduct, findProduct } from '../products/queries.ts';
import type { ProductDemand } from './document.ts';
import { demandKey, popularProducts } from './projection.ts';

export const MAX_POPULAR = 50;
/** Products of each month that are looked at: those that are not for sale any more are passed. */
const MAX_LOOKED_AT = 2 * MAX_POPULAR;

/** Each order changes the list, so that orders do not drop it: it follows them by this much. */
const MAX_AGE_MS = 30_000;

export interface PopularProduct {
  readonly product: ProductDocument;
  readonly orders: number;
}

/** The longest list of popular products; a shorter one is its beginning. */
export const cachedPopularProducts: CachedRead = {
  name: 'popular-products',
  kind: 'query',
  projections: [popularProducts.name, products.name],
  droppedBy: products.name,
  partsOf: () => [],
  maxAgeMs: MAX_AGE_MS,
  maxLocalAgeMs: MAX_AGE_MS,
  async warmUp({ reads, storeId, day, cached }) {
    const popular = await cached(cachedPopularProducts, [], () =>
      findPopularProducts(reads, storeId, day, MAX_POPULAR),
    );
    for (const { product } of popular) {
      const { productId } = product;
      await cached(cachedProduct, [productId], () => findProduct(reads, storeId, productId));
    }
  },
};

/**
 * Products for sale that were ordered most often, in the month of `day` and the one before. Reads
 * the heads of two indexes and the products in them, however many orders and products there are.
 */
export async function findPopularProducts(
  reads: Reads,
  storeId: string,
  day: string,
  limit: number,
): Promise<PopularProduct[]> {
  const month = day.slice(0, 7);
  const months = [month, dayBefore(`${month}-01`).slice(0, 7)];
  const ranked = await rank(reads, storeId, months);
  const popular: PopularProduct[] = [];
  for (const { productId, orders } of ranked) {
    if (popular.length >= Math.min(limit, MAX_POPULAR)) break;
    const product = await findProduct(reads, storeId, productId);
    if (product?.status === 'live' && product.active) popular.push({ product, orders });
  }
  return popular;
}

async function rank(reads: Reads, storeId: string, months: readonly string[]) {
  const byMonth = await Promise.all(months.map((month) => headOf(reads, month)));
  const ids = new Set(byMonth.flatMap((head) => [...head.keys()]));
  const ranked: { readonly productId: string; readonly orders: number }[] = [];
  for (const productId of ids) {
    let orders = 0;
    for (const [i, month] of months.entries()) {
      orders += byMonth[i]?.get(productId) ?? (await ordersOf(reads, storeId, month, productId));
    }
    ranked.push({ productId, orders });
  }
  return ranked.sort((a, b) => b.orders - a.orders || (a.productId < b.productId ? -1 : 1));
}

async function headOf(reads: Reads, month: string): Promise<ReadonlyMap<string, number>> {
  const found = await reads.find<ProductDemand>(popularProducts.name, {
    where: { month },
    orderBy: 'orders',
    direction: 'descending',
    limit: MAX_LOOKED_AT,
  });
  return new Map(found.map(({ body }) => [body.productId, body.orders]));
}

async function ordersOf(reads: Reads, storeId: string, month: string, productId: string) {
  const key = demandKey(storeId, month, productId);
  return (await reads.get<ProductDemand>(popularProducts.name, key))?.body.orders ?? 0;
}
