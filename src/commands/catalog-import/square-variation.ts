import { MAX_SKU_LENGTH, type ProductRow } from '../../domain/catalog/index.ts';
import type { JsonNode } from '../square-import/json-node.ts';
import { money } from '../square-import/money.ts';
import type { SquareItem } from './square-item.ts';
import { modifierGroupsOf } from './square-modifiers.ts';
import type { SquareObjects } from './square-objects.ts';

const MAX_NAME_LENGTH = 255;
/** Square's name for the variation of an item that has only one. */
const REGULAR = 'Regular';

/** The variation has no price that could be a product's. */
export class NoFixedPriceError extends Error {
  readonly path: string;

  constructor(node: JsonNode, message: string) {
    super(message);
    this.name = 'NoFixedPriceError';
    this.path = node.path;
  }
}

export interface VariationContext {
  readonly item: SquareItem;
  readonly itemData: JsonNode;
  readonly objects: SquareObjects;
  readonly isOnly: boolean;
}

/**
 * A variation of an item as a product.
 * @throws UnexpectedJsonError, NoFixedPriceError
 */
export function readVariation(
  variation: JsonNode,
  { item, itemData, objects, isOnly }: VariationContext,
): ProductRow {
  const data = variation.at('item_variation_data');
  const { priceMinor, currency } = priceOf(data);
  const sku = data.optional('sku')?.text().trim();
  if (sku !== undefined && sku.length > MAX_SKU_LENGTH) {
    throw data.at('sku').unexpected(`at most ${MAX_SKU_LENGTH} characters`);
  }
  noteLeftOut(variation, data);
  const isTracked = data.optional('track_inventory')?.value;
  return {
    ...item.fields,
    name: nameOf(item.name, data, isOnly),
    sku: sku ?? null,
    currency,
    priceMinor,
    branchPrices: branchPricesOf(data, currency, priceMinor),
    modifierGroups: [...modifierGroupsOf(itemData, objects, currency)],
    ...(typeof isTracked === 'boolean' && { stockPolicy: isTracked ? 'tracked' : 'none' }),
    active:
      itemData.optional('is_archived')?.value !== true &&
      data.optional('sellable')?.value !== false,
  };
}

function nameOf(itemName: string, data: JsonNode, isOnly: boolean): string {
  const variationName = data.optional('name')?.text();
  if (isOnly || variationName === undefined || variationName === REGULAR) return itemName;
  const name = `${itemName} - ${variationName}`;
  if (name.length <= MAX_NAME_LENGTH) return name;
  const message = `expected at most ${MAX_NAME_LENGTH} characters, found ${name.length}`;
  data.at('name').note('text_shortened', message);
  return `${name.slice(0, MAX_NAME_LENGTH - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function priceOf(data: JsonNode): { priceMinor: number; currency: string } {
  const price = data.optional('price_money');
  if (data.optional('pricing_type')?.value === 'VARIABLE_PRICING' || !price) {
    throw new NoFixedPriceError(data.at('price_money'), 'the price is entered at each sale');
  }
  const currency = price.at('currency').text();
  const priceMinor = money(price, currency);
  if (priceMinor === 0) {
    throw new NoFixedPriceError(price.at('amount'), 'expected a price above 0, found 0');
  }
  return { priceMinor, currency };
}

/** Prices of locations that differ from the general one. */
function branchPricesOf(data: JsonNode, currency: string, generalMinor: number) {
  return data
    .at('location_overrides')
    .items()
    .flatMap((override) => {
      if (override.optional('pricing_type')?.value === 'VARIABLE_PRICING') {
        override.note('not_taken_over', 'a price that is entered at each sale there');
        return [];
      }
      const price = override.optional('price_money');
      if (!price) return [];
      const branchId = override.at('location_id').id();
      const priceMinor = money(price, currency);
      if (priceMinor === generalMinor) return [];
      if (priceMinor > 0) return [{ branchId, priceMinor }];
      price.note('not_taken_over', 'a price of 0 there');
      return [];
    });
}

function noteLeftOut(variation: JsonNode, data: JsonNode): void {
  if (data.optional('measurement_unit_id')) {
    data.at('measurement_unit_id').note('not_taken_over', 'the unit that it is measured in');
  }
  const isEverywhere = variation.optional('present_at_all_locations')?.value !== false;
  const absent = variation.at('absent_at_location_ids').items();
  if (isEverywhere && absent.length === 0) return;
  variation.note('not_taken_over', 'sold at some locations only: here it is sold in all branches');
}
