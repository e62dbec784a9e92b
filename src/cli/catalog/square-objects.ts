import type { ExportedGroup, ExportedProduct } from './columns.ts';

/**
 * Square takes ids that begin with `#` for temporary ones, and gives its own. The last part is the
 * id here, so that our import finds a product of an export again.
 */
const OWN_ID = '#tillstream';

export interface ExportedCategory {
  readonly categoryId: string;
  readonly name: string;
  readonly parentId?: string;
}

function ownId(...ids: readonly string[]): string {
  return [OWN_ID, ...ids.map(encodeURIComponent)].join('/');
}

const present = { is_deleted: false, present_at_all_locations: true };

export function squareCategory({ categoryId, name, parentId }: ExportedCategory) {
  return {
    type: 'CATEGORY',
    id: ownId(categoryId),
    ...present,
    category_data: {
      name,
      is_top_level: parentId === undefined,
      ...(parentId !== undefined && { parent_category: { id: ownId(parentId) } }),
    },
  };
}

/** The item of a product, after the modifier lists that it refers to. */
export function squareObjects(product: ExportedProduct, categoryId: string | undefined) {
  const { modifierGroups } = product;
  return [
    ...modifierGroups.map((group) => modifierList(product, group)),
    item(product, categoryId),
  ];
}

function modifierList({ productId, currency }: ExportedProduct, group: ExportedGroup) {
  const { groupId, name, min, max, options } = group;
  return {
    type: 'MODIFIER_LIST',
    id: ownId(productId, groupId),
    ...present,
    modifier_list_data: {
      name,
      modifier_type: 'LIST',
      min_selected_modifiers: min,
      max_selected_modifiers: max,
      modifiers: options.map(({ modifierId, name: optionName, priceMinor }, ordinal) => ({
        type: 'MODIFIER',
        id: ownId(productId, groupId, modifierId),
        ...present,
        modifier_data: {
          name: optionName,
          price_money: { amount: priceMinor, currency },
          ordinal,
          modifier_list_id: ownId(productId, groupId),
        },
      })),
    },
  };
}

function item(product: ExportedProduct, categoryId: string | undefined) {
  const { productId, name, description, modifierGroups, allergens, active } = product;
  return {
    type: 'ITEM',
    id: ownId('item', productId),
    ...present,
    item_data: {
      name,
      ...(description !== undefined && { description }),
      ...(categoryId !== undefined && {
        categories: [{ id: ownId(categoryId) }],
        reporting_category: { id: ownId(categoryId) },
      }),
      ...(allergens.length > 0 && {
        product_type: 'FOOD_AND_BEV',
        food_and_beverage_details: {
          ingredients: allergens.map((allergen) => ({ type: 'CUSTOM', custom_name: allergen })),
        },
      }),
      modifier_list_info: modifierGroups.map(({ groupId, min, max }) => ({
        modifier_list_id: ownId(productId, groupId),
        min_selected_modifiers: min,
        max_selected_modifiers: max,
        enabled: true,
      })),
      is_archived: !active,
      variations: [variation(product)],
    },
  };
}

function variation({
  productId,
  sku,
  priceMinor,
  currency,
  branchPrices,
  stockPolicy,
}: ExportedProduct) {
  return {
    type: 'ITEM_VARIATION',
    id: ownId(productId),
    ...present,
    item_variation_data: {
      item_id: ownId('item', productId),
      name: 'Regular',
      ...(sku !== undefined && { sku }),
      pricing_type: 'FIXED_PRICING',
      price_money: { amount: priceMinor, currency },
      location_overrides: branchPrices.map(({ branchId, priceMinor: amount }) => ({
        location_id: branchId,
        pricing_type: 'FIXED_PRICING',
        price_money: { amount, currency },
      })),
      track_inventory: stockPolicy !== 'none',
    },
  };
}
