import { JsonNode, UnexpectedJsonError } from '../square-import/json-node.ts';
import type { ProductCode } from './codes.ts';
import { idOfSource } from './find-product.ts';
import {
  type ImportEntry,
  type ItemFailure,
  passedOver,
  type ProductImporter,
} from './import-item.ts';
import type { ListItem } from './own-rows.ts';
import { isGoods, readSquareItem, type SquareItem, twoOf } from './square-item.ts';
import {
  ownIdOf,
  squareCategoryNames,
  type SquareObjects,
  squareObjects,
} from './square-objects.ts';
import { NoFixedPriceError, readVariation } from './square-variation.ts';

/** Objects that items refer to, or are made of. */
const PARTS: readonly unknown[] = ['MODIFIER_LIST', 'MODIFIER', 'IMAGE', 'ITEM_VARIATION'];

/** Square's fields, below a variation, by the fields of a product. */
const FIELDS: Readonly<Record<string, string>> = {
  sku: '/item_variation_data/sku',
  name: '/item_variation_data/name',
  currency: '/item_variation_data/price_money/currency',
  priceMinor: '/item_variation_data/price_money/amount',
  branchPrices: '/item_variation_data/location_overrides',
};

/**
 * Objects of a Square catalogue as products: each variation of an item is one. `related` are
 * objects that items refer to, beside those of the list.
 */
export function squareRows(
  importer: ProductImporter,
  items: readonly ListItem[],
  related: readonly ListItem[],
): ImportEntry[] {
  const objects = squareObjects([...items, ...related]);
  return items.flatMap((item, index) => entriesOf(importer, item, index, objects));
}

function entriesOf(
  importer: ProductImporter,
  { value, path }: ListItem,
  index: number,
  objects: SquareObjects,
): ImportEntry[] {
  const node = new JsonNode(value, path);
  const about = { index, path, ...sourceOf(node) };
  const passOver = (code: ProductCode, message: string): ImportEntry[] => [
    { ...about, failure: passedOver(code, path, message) },
  ];
  try {
    const type = node.at('type').text();
    if (PARTS.includes(type)) return passOver('part_of_items', `a ${type} is no product`);
    if (type !== 'ITEM' && type !== 'CATEGORY') {
      return passOver('not_a_product', `a ${type} is not taken over`);
    }
    if (node.optional('is_deleted')?.value === true) {
      return passOver('deleted_object', 'it is deleted at Square');
    }
    if (type === 'CATEGORY') return [categoryOf(node, about, objects)];
    const data = node.at('item_data');
    if (isGoods(data)) return itemEntries(importer, node, about, objects);
    return passOver('not_a_product', 'it is no goods: a service, a ticket or a gift card');
  } catch (error) {
    return [{ ...about, failure: failureFor(error) }];
  }
}

type About = Pick<ImportEntry, 'index' | 'path' | 'sourceId'>;

function sourceOf(node: JsonNode): { sourceId?: string } {
  const { id } = (node.value ?? {}) as { id?: unknown };
  return typeof id === 'string' && id !== '' ? { sourceId: id.slice(0, 200) } : {};
}

/** @throws unless the object is not as Square documents it, or has no price. */
function failureFor(error: unknown): ItemFailure {
  if (error instanceof UnexpectedJsonError) {
    return passedOver('invalid_product', error.path, error.message);
  }
  if (error instanceof NoFixedPriceError) {
    return passedOver('no_fixed_price', error.path, error.message);
  }
  throw error;
}

function categoryOf(node: JsonNode, about: About, objects: SquareObjects): ImportEntry {
  const names = squareCategoryNames(objects, node.at('id').text());
  if (!names) {
    const parent = node.at('category_data').at('parent_category');
    throw parent.unexpected('a category of this request');
  }
  const category = twoOf(names, node);
  return { ...about, category, notices: node.notices };
}

function itemEntries(
  importer: ProductImporter,
  node: JsonNode,
  about: About,
  objects: SquareObjects,
): ImportEntry[] {
  const itemData = node.at('item_data');
  const item = readSquareItem(itemData, objects);
  const variations = itemData.at('variations').items();
  if (variations.length === 0) throw itemData.at('variations').unexpected('a variation');
  const isOnly = variations.length === 1;
  return variations.map((each, place) => {
    // Notices of the item are those of its first variation.
    const notices = place === 0 ? node.notices : [];
    const variation = new JsonNode(each.value, each.path, notices);
    const ofItem = new JsonNode(itemData.value, itemData.path, notices);
    const context = { item, itemData: ofItem, objects, isOnly };
    return variationEntry(importer, variation, about, context);
  });
}

function variationEntry(
  importer: ProductImporter,
  variation: JsonNode,
  { index }: About,
  context: { item: SquareItem; itemData: JsonNode; objects: SquareObjects; isOnly: boolean },
): ImportEntry {
  const { path, notices } = variation;
  const about = { index, path, ...sourceOf(variation), notices };
  try {
    const id = variation.at('id').text();
    if (variation.optional('is_deleted')?.value === true) {
      const failure = passedOver('deleted_object', path, 'it is deleted at Square');
      return { ...about, failure };
    }
    const row = readVariation(variation, context);
    const productId = ownIdOf(id) ?? idOfSource(importer, 'square', id);
    return { ...about, row: { ...row, productId }, pathOfField };
  } catch (error) {
    return { ...about, failure: failureFor(error) };
  }
}

/** The field of Square's variation; the whole of it for what comes from its item. */
function pathOfField(field: string): string {
  return FIELDS[field.split('/')[0] ?? ''] ?? '';
}
