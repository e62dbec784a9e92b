import type { ProductRow } from '../../domain/catalog/index.ts';
import { MAX_NOTE_LENGTH } from '../../domain/kernel/schema.ts';
import { joinEscaped } from '../../lib/escaped-list.ts';
import type { JsonNode } from '../square-import/json-node.ts';
import { objectOf, squareCategoryNames, type SquareObjects } from './square-objects.ts';

const MAX_NAME_LENGTH = 255;
const MAX_ALLERGEN_LENGTH = 100;

/** Square's types of items that are goods; the others are services, tickets and gift cards. */
const GOODS: readonly unknown[] = [undefined, 'REGULAR', 'FOOD_AND_BEV'];

/** What all variations of an item have in common. */
export interface SquareItem {
  readonly name: string;
  readonly fields: Omit<ProductRow, 'modifierGroups'>;
}

export function isGoods(item: JsonNode): boolean {
  return GOODS.includes(item.optional('product_type')?.value);
}

/** @throws UnexpectedJsonError */
export function readSquareItem(item: JsonNode, objects: SquareObjects): SquareItem {
  const description = item.optional('description_plaintext') ?? item.optional('description');
  if ((item.optional('tax_ids')?.items() ?? []).length > 0) {
    item.at('tax_ids').note('not_taken_over', 'taxes of the item: its tax class stays as it is');
  }
  return {
    name: item.at('name').label(MAX_NAME_LENGTH),
    fields: {
      description: description?.label(MAX_NOTE_LENGTH) ?? null,
      category: categoryPathOf(item, objects),
      allergens: allergensOf(item),
      images: imagesOf(item, objects),
    },
  };
}

/** As a path of at most two names; null without a category. */
function categoryPathOf(item: JsonNode, objects: SquareObjects): string | null {
  const listed = item.at('categories').items();
  const [first, ...others] = listed;
  const reporting = item.optional('reporting_category');
  const node = reporting ?? first;
  const idNode = node ? node.at('id') : item.optional('category_id');
  if (!idNode) return null;
  const id = idNode.text();
  if (others.some((other) => other.at('id').value !== id)) {
    item.at('categories').note('not_taken_over', 'more than one category: a product has one');
  }
  const names = squareCategoryNames(objects, id);
  if (!names) {
    idNode.note('related_object_missing', `expected the category ${id}, found none`);
    return null;
  }
  return joinEscaped(twoOf(names, idNode), '/');
}

/** The outermost and the innermost of more than two names. */
export function twoOf(names: readonly string[], node: JsonNode): string[] {
  if (names.length <= 2) return [...names];
  node.note('not_taken_over', `categories between the first and the last of ${names.length}`);
  return [...names.slice(0, 1), ...names.slice(-1)];
}

function allergensOf(item: JsonNode): string[] {
  const ingredients = item.optional('food_and_beverage_details')?.at('ingredients').items() ?? [];
  const names = ingredients.map((ingredient) => {
    const standard = ingredient.optional('standard_name')?.text();
    if (standard !== undefined) return standard.toLowerCase().replaceAll('_', ' ');
    return ingredient.at('custom_name').label(MAX_ALLERGEN_LENGTH);
  });
  return [...new Set(names)];
}

/** Addresses of the images that the request holds. */
function imagesOf(item: JsonNode, objects: SquareObjects): string[] {
  const urls = item
    .at('image_ids')
    .items()
    .flatMap((idNode) => {
      const id = idNode.id();
      const url = objectOf(objects, id, 'IMAGE')?.at('image_data').optional('url')?.text();
      if (url === undefined) {
        idNode.note('related_object_missing', `expected the image ${id}, found none`);
      }
      return url === undefined ? [] : [url];
    });
  return urls;
}
