import { documentKey, partsOf } from '../../../domain/kernel/names.ts';
import type { CachedRead } from '../../../engine/projections/cached-read.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../../engine/projections/reads.ts';
import type { Query } from '../../../ports/read-store.ts';
import type { ProductDocument, StoredProduct } from './document.ts';
import { asProduct, products } from './projection.ts';

/** Orders of lists of products; a dash reverses one. */
export const PRODUCT_ORDERS = ['name', '-name', 'price', '-price', 'created', '-created'] as const;
export type ProductOrder = (typeof PRODUCT_ORDERS)[number];

export interface ProductFilter {
  /** Live products when absent. */
  readonly status?: ProductDocument['status'] | undefined;
  readonly categoryId?: string | undefined;
  readonly stockPolicy?: ProductDocument['stockPolicy'] | undefined;
  readonly active?: boolean | undefined;
  readonly minPriceMinor?: number | undefined;
  readonly maxPriceMinor?: number | undefined;
}

const FIELDS = { name: 'sortName', price: 'priceMinor', created: 'createdAt' } as const;

export function productSort(order: ProductOrder): Pick<Query, 'orderBy' | 'direction'> {
  const orderBy = FIELDS[order.replace('-', '') as keyof typeof FIELDS];
  return { orderBy, direction: order.startsWith('-') ? 'descending' : 'ascending' };
}

/** One product by its id. */
export const cachedProduct: CachedRead = {
  name: 'product',
  kind: 'document',
  projections: [products.name],
  droppedBy: products.name,
  partsOf: (documentKey) => partsOf(documentKey).parts,
  maxAgeMs: 3_600_000,
  maxLocalAgeMs: 300_000,
};

export async function findProduct(
  reads: Reads,
  storeId: string,
  productId: string,
): Promise<ProductDocument | undefined> {
  const found = await reads.get<StoredProduct>(products.name, documentKey(storeId, productId));
  return found && asProduct(found.body);
}

export async function listProducts(
  reads: Reads,
  filter: ProductFilter,
  order: ProductOrder,
  page: PageRequest,
): Promise<Page<ProductDocument>> {
  const { status = 'live', categoryId, stockPolicy, active } = filter;
  const where = wherePresent({
    status,
    categoryId,
    stockPolicy,
    activeText: active === undefined ? undefined : active ? 'yes' : 'no',
  });
  const query = { where, ...priceRange(filter), ...productSort(order) };
  const { items, ...next } = await findPage<StoredProduct>(reads, products.name, query, page);
  return { items: items.map(asProduct), ...next };
}

export function priceRange({ minPriceMinor, maxPriceMinor }: ProductFilter): Pick<Query, 'range'> {
  if (minPriceMinor === undefined && maxPriceMinor === undefined) return {};
  return {
    range: {
      field: 'priceMinor',
      ...(minPriceMinor !== undefined && { from: minPriceMinor }),
      ...(maxPriceMinor !== undefined && { below: maxPriceMinor + 1 }),
    },
  };
}
