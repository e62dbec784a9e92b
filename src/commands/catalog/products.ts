import {
  newProduct,
  type Product,
  type ProductChanges,
  type ProductCommand,
  productDecider,
  type ProductEvent,
  type ProductInput,
  type ProductState,
  skuKey,
  withChanges,
} from '../../domain/catalog/index.ts';
import { NotFoundError } from '../../domain/kernel/errors.ts';
import type { CommandResult } from '../../engine/commands/command-engine.ts';
import type { Sequence } from '../../engine/commands/sequence.ts';
import { claimSku, releaseSku } from './claim-sku.ts';

export type ProductResult = CommandResult<ProductState, ProductEvent>;
/** Executes the command of the request itself, with its own id. */
type Execute = (command: ProductCommand) => Promise<ProductResult>;

/**
 * Adds a product. Its sku is claimed first, so two products never have the same one; a request
 * that stopped in between continues when it is repeated.
 * @throws DomainError sku_taken, and those of `assertProduct`.
 */
export async function createProduct(
  sequence: Sequence,
  productId: string,
  data: ProductInput,
  execute: Execute,
): Promise<ProductResult> {
  const { sku } = newProduct(data);
  if (sku !== undefined) await claimSku(sequence, sku, productId);
  return execute({ type: 'CreateProduct', data });
}

/**
 * Changes a product. A new sku is claimed before, and the one it had is free afterwards.
 * @throws NotFoundError product_not_found.
 * @throws DomainError sku_taken, product_deleted, and those of `assertProduct`.
 */
export async function changeProduct(
  sequence: Sequence,
  productId: string,
  data: ProductChanges,
  execute: Execute,
): Promise<ProductResult> {
  const { sku } = data;
  if (typeof sku === 'string') await claimChanged(sequence, productId, sku, data);
  const result = await execute({ type: 'ChangeProduct', data });
  for (const event of result.events) {
    if (event.type !== 'ProductChanged' || sku === undefined) continue;
    const before = event.data.previous.sku;
    if (before === undefined || isSame(before, event.data.sku)) continue;
    await releaseSku(sequence, before, productId);
  }
  return result;
}

/** Claims nothing for a product that does not take the change. */
async function claimChanged(
  sequence: Sequence,
  productId: string,
  sku: string,
  changes: ProductChanges,
): Promise<void> {
  const { commands, context } = sequence;
  const { state } = await commands.load(productDecider, context.storeId, productId);
  if (state.status === 'none') throw productNotFound(productId);
  if (state.status === 'deleted' || isSame(sku, state.sku)) return;
  withChanges(state, changes);
  await claimSku(sequence, sku, productId);
}

function isSame(a: string, b: string | undefined): boolean {
  return b !== undefined && skuKey(a) === skuKey(b);
}

function productNotFound(productId: string): NotFoundError {
  return new NotFoundError('product_not_found', `there is no product ${productId}`, { productId });
}

/** The products with these ids as the log has them now, by id; those that exist. */
export async function loadProducts(
  { commands }: Pick<Sequence, 'commands'>,
  storeId: string,
  productIds: readonly string[],
): Promise<ReadonlyMap<string, Product>> {
  const ids = [...new Set(productIds)];
  const loaded = await Promise.all(ids.map((id) => commands.load(productDecider, storeId, id)));
  return new Map(
    loaded.flatMap(({ state }) => (state.status === 'none' ? [] : [[state.productId, state]])),
  );
}
