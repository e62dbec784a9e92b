import {
  type Product,
  productDecider,
  type ProductRow,
  skuDecider,
  skuKey,
  taken,
} from '../../domain/catalog/index.ts';
import type { ProductImporter } from './import-item.ts';
import { ItemError } from './import-item.ts';

/** Products that had the sku first and have another one since. */
const MAX_FORMER = 100;
const ENTITY_ID_LENGTH = 32;

/** The product that an imported row is about: one that exists, or the id of the one to add. */
export interface Target {
  readonly productId: string;
  readonly product?: Product;
}

/** The id of a product that is known by an id of its provider. */
export function idOfSource(
  { digest, sequence }: ProductImporter,
  provider: string,
  sourceId: string,
): string {
  const text = `${sequence.context.storeId}\nimported-product\n${provider}\n${sourceId}`;
  return digest.sha256(text).slice(0, ENTITY_ID_LENGTH);
}

/**
 * The product with the row's id, else the one with its sku, else a new one. The id of a new one
 * derives from its sku, so that a repeated import adds no second one.
 * @throws ItemError product_without_key.
 * @throws DomainError sku_taken, when id and sku are of two products.
 */
export async function findTarget(
  importer: ProductImporter,
  { productId, sku }: ProductRow,
): Promise<Target> {
  const holder = typeof sku === 'string' ? await productWithSku(importer, sku) : undefined;
  const own = productId === undefined ? undefined : await load(importer, productId);
  if (own) {
    if (typeof sku === 'string' && holder && holder.productId !== own.productId) {
      throw taken(sku, holder.productId);
    }
    return { productId: own.productId, product: own };
  }
  if (holder) return { productId: holder.productId, product: holder };
  if (productId !== undefined) return { productId };
  if (typeof sku === 'string') return { productId: await unusedId(importer, sku) };
  throw new ItemError('product_without_key', 'sku', 'expected a sku or a productId, found none');
}

async function load({ sequence }: ProductImporter, productId: string) {
  const { commands, context } = sequence;
  const { state } = await commands.load(productDecider, context.storeId, productId);
  return state.status === 'none' ? undefined : state;
}

/** The product that uses the sku; a claim of none is not enough. */
async function productWithSku(importer: ProductImporter, sku: string) {
  const { commands, context } = importer.sequence;
  const key = skuKey(sku);
  const { state } = await commands.load(skuDecider, context.storeId, key);
  if (state.productId === null) return undefined;
  const product = await load(importer, state.productId);
  return product?.sku !== undefined && skuKey(product.sku) === key ? product : undefined;
}

async function unusedId(importer: ProductImporter, sku: string): Promise<string> {
  for (let former = 0; former < MAX_FORMER; former++) {
    const id = idOfSource(importer, `sku ${former}`, skuKey(sku));
    if (!(await load(importer, id))) return id;
  }
  throw new ItemError('invalid_product', 'sku', `too many former products with the sku ${sku}`);
}
