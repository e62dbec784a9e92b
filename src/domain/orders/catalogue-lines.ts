import { omitUndefined } from '../../lib/omit-undefined.ts';
import { type ModifierOption, priceAt, type Product } from '../catalog/index.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { invalid } from './checks.ts';
import type { LineInput, ModifierInput, PlaceOrder } from './commands.ts';

/** What an order takes from the catalogue, as it was when the order was decided. */
export interface CatalogueFacts {
  readonly products: ReadonlyMap<string, Product>;
  /** The branch of the order, whose prices it takes. */
  readonly branchId?: string | undefined;
  /** Whether the caller may sell at another price than that of the catalogue. */
  readonly mayOverridePrices: boolean;
  /** The goods were sold already: names and prices are those of the sale, whatever holds now. */
  readonly isSold?: boolean;
}

export const NO_CATALOGUE: CatalogueFacts = { products: new Map(), mayOverridePrices: false };

type PricedModifierInput = ModifierInput & {
  readonly name: string;
  readonly unitPriceMinor: number;
};

/** A line with its name and price: its own, or those of its product at this moment. */
export interface PricedLineInput extends Omit<LineInput, 'modifiers'> {
  readonly name: string;
  readonly unitPriceMinor: number;
  /** The price of the catalogue, where the line was sold at another. */
  readonly listPriceMinor?: number;
  readonly modifiers?: readonly PricedModifierInput[];
}

/** The ids of the products that an order names. */
export function productIdsOf({ lines }: Pick<PlaceOrder['data'], 'lines'>): string[] {
  return lines.flatMap(({ productId }) => productId ?? []);
}

/**
 * The lines with the names and prices that the order captures.
 * @throws NotFoundError product_not_found.
 * @throws DomainError product_unavailable, price_differs, modifier_not_found, modifier_rule_broken,
 *   currency_mismatch; invalid_request for a line without a product that has no name or no price.
 */
export function captureLines(
  { lines, currency }: PlaceOrder['data'],
  facts: CatalogueFacts,
): PricedLineInput[] {
  return lines.map((line, place) => {
    const field = `lines[${place}]`;
    if (line.productId === undefined || facts.isSold) return freeLine(line, field);
    const product = facts.products.get(line.productId);
    return productLine(line, product, { field, currency, facts });
  });
}

function freeLine(line: LineInput, field: string): PricedLineInput {
  const { name, unitPriceMinor, modifiers, ...rest } = line;
  return {
    ...rest,
    name: present(name, `${field}.name`),
    unitPriceMinor: present(unitPriceMinor, `${field}.unitPriceMinor`),
    ...(modifiers && {
      modifiers: modifiers.map((modifier, i) => freeModifier(modifier, `${field}.modifiers[${i}]`)),
    }),
  };
}

function freeModifier(modifier: ModifierInput, field: string): PricedModifierInput {
  const { name, unitPriceMinor, ...rest } = modifier;
  return {
    ...rest,
    name: present(name, `${field}.name`),
    unitPriceMinor: present(unitPriceMinor, `${field}.unitPriceMinor`),
  };
}

function present<T>(value: T | undefined, field: string): T {
  if (value !== undefined) return value;
  throw invalid(field, 'there, or a productId to take it from', value);
}

interface Capture {
  readonly field: string;
  readonly currency: string;
  readonly facts: CatalogueFacts;
}

function productLine(line: LineInput, product: Product | undefined, to: Capture): PricedLineInput {
  const { productId = '', modifiers = [], unitPriceMinor: sent, ...rest } = line;
  assertForSale(productId, product, to.currency);
  const listMinor = priceAt(product, to.facts.branchId);
  const unitPriceMinor = agreed(sent, listMinor, to, productId);
  assertChoices(product, modifiers, to.field);
  const options = new Map(
    product.modifierGroups.flatMap((group) => group.options.map((o) => [o.modifierId, o] as const)),
  );
  const chosen = modifiers.map((modifier, i) => {
    const field = `${to.field}.modifiers[${i}]`;
    const option = options.get(modifier.modifierId ?? '');
    return option
      ? chosenOption(modifier, option, { ...to, field })
      : freeModifier(modifier, field);
  });
  return {
    ...rest,
    productId,
    name: product.name,
    unitPriceMinor,
    ...(unitPriceMinor !== listMinor && { listPriceMinor: listMinor }),
    modifiers: chosen,
  };
}

function assertForSale(
  productId: string,
  product: Product | undefined,
  currency: string,
): asserts product is Product {
  if (!product) {
    throw new NotFoundError('product_not_found', `there is no product ${productId}`, { productId });
  }
  if (product.status === 'deleted' || !product.active) {
    throw new DomainError('product_unavailable', `product ${productId} is not for sale`, {
      productId,
    });
  }
  if (product.currency !== currency) {
    throw new DomainError(
      'currency_mismatch',
      `expected currency ${product.currency} of product ${productId}, found ${currency}`,
      { expected: product.currency, found: currency, productId },
    );
  }
}

/** The price of the line: that of the catalogue, or another one that the caller may set. */
function agreed(
  sent: number | undefined,
  listMinor: number,
  { field, facts }: Capture,
  productId: string,
): number {
  if (sent === undefined || sent === listMinor) return listMinor;
  if (facts.mayOverridePrices) return sent;
  const message = `expected ${field}.unitPriceMinor ${listMinor} of the catalogue, found ${sent}`;
  const details = { field: `${field}.unitPriceMinor`, expected: listMinor, found: sent, productId };
  throw new DomainError('price_differs', message, details);
}

function chosenOption(
  { modifierId: _id, unitPriceMinor: sent, name: _name, ...rest }: ModifierInput,
  { modifierId, name, priceMinor }: ModifierOption,
  to: Capture,
): PricedModifierInput {
  return { ...rest, modifierId, name, unitPriceMinor: agreed(sent, priceMinor, to, modifierId) };
}

/** @throws DomainError modifier_not_found, modifier_rule_broken. */
function assertChoices(
  { productId, modifierGroups }: Product,
  modifiers: readonly ModifierInput[],
  field: string,
): void {
  const known = new Set(modifierGroups.flatMap(({ options }) => options.map((o) => o.modifierId)));
  for (const { modifierId } of modifiers) {
    if (modifierId === undefined || known.has(modifierId)) continue;
    const message = `expected ${field} with options of product ${productId}, found ${modifierId}`;
    throw new DomainError('modifier_not_found', message, { productId, modifierId });
  }
  for (const { groupId, name, min, max, options } of modifierGroups) {
    const ids = new Set(options.map(({ modifierId }) => modifierId));
    const chosen = modifiers
      .filter(({ modifierId = '' }) => ids.has(modifierId))
      .reduce((sum, { quantity = 1 }) => sum + quantity, 0);
    if (chosen >= min && chosen <= max) continue;
    const message = `expected ${min} to ${max} options of ${name} in ${field}, found ${chosen}`;
    const details = omitUndefined({ productId, groupId, min, max, found: chosen });
    throw new DomainError('modifier_rule_broken', message, details);
  }
}
