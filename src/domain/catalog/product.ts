import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { unreachable } from '../kernel/invariant.ts';
import { assertProduct } from './checks.ts';
import {
  type ModifierGroupInput,
  type ProductChanges,
  type ProductCommand,
  productCommands,
  type ProductInput,
} from './commands.ts';
import type { ModifierGroup, ProductEvent, ProductFields } from './events.ts';

export interface Product extends Readonly<ProductFields> {
  readonly status: 'live' | 'deleted';
  readonly productId: string;
}

/** One product. Plain JSON: it is kept in snapshots. */
export type ProductState = { readonly status: 'none' } | Product;

/** A command to a product as new, before it is stored. */
export function newProduct(input: ProductInput): ProductFields {
  const { name, description, sku, currency, priceMinor, categoryId, taxClass } = input;
  const { branchPrices = [], allergens = [], images = [], modifierGroups = [] } = input;
  const { stockPolicy = 'none', active = true } = input;
  const product: ProductFields = {
    name,
    currency,
    priceMinor,
    branchPrices: [...branchPrices],
    modifierGroups: modifierGroups.map(groupOf),
    allergens: [...allergens],
    images: [...images],
    stockPolicy,
    active,
    ...omitUndefined({ description, sku, categoryId, taxClass }),
  };
  assertProduct(product);
  return product;
}

function groupOf(input: ModifierGroupInput): ModifierGroup {
  const { groupId, name, options, min = input.required === true ? 1 : 0 } = input;
  const { required = min > 0, max = Math.max(min, options.length) } = input;
  return { groupId, name, required, min, max, options };
}

/**
 * Decides a command to a product.
 * @throws NotFoundError product_not_found.
 * @throws DomainError product_exists, product_deleted, product_not_deleted, and those of
 *   `assertProduct`.
 */
function decide(
  command: ProductCommand,
  state: ProductState,
  { entityId: productId }: CommandContext,
): readonly ProductEvent[] {
  if (command.type === 'CreateProduct') {
    if (state.status !== 'none') {
      throw new DomainError('product_exists', `product ${productId} exists already`, { productId });
    }
    return [{ type: 'ProductCreated', data: { productId, ...newProduct(command.data) } }];
  }
  if (state.status === 'none') {
    throw new NotFoundError('product_not_found', `there is no product ${productId}`, { productId });
  }
  const deleted = state.status === 'deleted';
  const fields = fieldsOf(state);
  switch (command.type) {
    case 'ChangeProduct':
      if (deleted) throw productDeleted(productId);
      return [changed(productId, fields, command.data)];
    case 'DeleteProduct':
      if (deleted) throw productDeleted(productId);
      return [{ type: 'ProductDeleted', data: { productId, ...fields, ...command.data } }];
    case 'RestoreProduct':
      if (deleted) {
        return [{ type: 'ProductRestored', data: { productId, ...fields, ...command.data } }];
      }
      throw new DomainError('product_not_deleted', `product ${productId} is not deleted`, {
        productId,
      });
    default:
      return unreachable(command);
  }
}

function productDeleted(productId: string): DomainError {
  return new DomainError('product_deleted', `product ${productId} is deleted`, { productId });
}

/** The product without what its stream says beside its fields. */
export function fieldsOf({ status: _s, productId: _p, ...fields }: Product): ProductFields {
  return fields;
}

/** What the product becomes. `null` removes a field. */
export function withChanges(
  before: ProductFields,
  { modifierGroups, ...changes }: ProductChanges,
): ProductFields {
  const next = {
    ...before,
    ...omitUndefined(changes),
    ...(modifierGroups && { modifierGroups: modifierGroups.map(groupOf) }),
  };
  const product = Object.fromEntries(
    Object.entries(next).filter(([, value]) => value !== null),
  ) as unknown as ProductFields;
  assertProduct(product);
  return product;
}

function changed(productId: string, before: ProductFields, changes: ProductChanges): ProductEvent {
  const product = withChanges(before, changes);
  const names = Object.keys(changes) as (keyof ProductFields)[];
  const previous: Partial<ProductFields> = Object.fromEntries(
    names.filter((name) => before[name] !== undefined).map((name) => [name, before[name]]),
  );
  return { type: 'ProductChanged', data: { productId, ...product, previous } };
}

function evolve(_: ProductState, event: ProductEvent): ProductState {
  switch (event.type) {
    case 'ProductCreated':
      return { status: 'live', ...event.data };
    case 'ProductRestored': {
      const { cascadeId: _c, ...fields } = event.data;
      return { status: 'live', ...fields };
    }
    case 'ProductChanged': {
      const { previous: _p, ...fields } = event.data;
      return { status: 'live', ...fields };
    }
    case 'ProductDeleted': {
      const { reason: _r, cascadeId: _c, ...fields } = event.data;
      return { status: 'deleted', ...fields };
    }
  }
}

/** One product of the catalogue: its prices, options and stock policy. */
export const productDecider: Decider<ProductState, ProductCommand, ProductEvent> = {
  category: 'product',
  version: 1,
  initialState: { status: 'none' },
  commands: productCommands,
  decide,
  evolve,
};
