import { MAX_CHOICES, type ProductRow } from '../../domain/catalog/index.ts';
import type { JsonNode } from '../square-import/json-node.ts';
import { moneyOrZero } from '../square-import/money.ts';
import { objectOf, ownIdOf, type SquareObjects } from './square-objects.ts';

type Group = NonNullable<ProductRow['modifierGroups']>[number];

const MAX_NAME_LENGTH = 255;

/** The modifier lists of an item as groups. What is no list of options is noted. */
export function modifierGroupsOf(
  item: JsonNode,
  objects: SquareObjects,
  currency: string,
): readonly Group[] {
  return item
    .at('modifier_list_info')
    .items()
    .flatMap((info) => {
      if (info.optional('enabled')?.value === false) return [];
      const id = info.at('modifier_list_id').text();
      const list = objectOf(objects, id, 'MODIFIER_LIST');
      if (!list) {
        info.note('related_object_missing', `expected the modifier list ${id}, found none`);
        return [];
      }
      return groupOf(info, ownIdOf(id) ?? id, list.at('modifier_list_data'), currency);
    });
}

function groupOf(info: JsonNode, groupId: string, list: JsonNode, currency: string): Group[] {
  if (list.optional('modifier_type')?.value === 'TEXT') {
    info.note('not_taken_over', 'a modifier list in which a text is entered');
    return [];
  }
  const options = list
    .at('modifiers')
    .items()
    .filter((modifier) => modifier.optional('is_deleted')?.value !== true)
    .map((modifier) => optionOf(modifier, currency));
  if (options.length === 0) {
    info.note('not_taken_over', 'a modifier list without modifiers');
    return [];
  }
  const min = limitOf(info, list, 'min_selected_modifiers') ?? 0;
  const isSingle = list.optional('selection_type')?.value === 'SINGLE';
  const max = limitOf(info, list, 'max_selected_modifiers') ?? (isSingle ? 1 : options.length);
  const name = list.at('name').label(MAX_NAME_LENGTH);
  // Square writes 0 where there is no maximum.
  return [{ groupId, name, min, max: Math.max(min, max === 0 ? options.length : max), options }];
}

function optionOf(modifier: JsonNode, currency: string): Group['options'][number] {
  const data = modifier.at('modifier_data');
  const id = modifier.at('id').text();
  return {
    modifierId: ownIdOf(id) ?? id,
    name: data.at('name').label(MAX_NAME_LENGTH),
    priceMinor: moneyOrZero(data.optional('price_money'), currency),
  };
}

/** Of the item, else of the list; -1 and absent: not set. */
function limitOf(info: JsonNode, list: JsonNode, field: string): number | undefined {
  for (const node of [info, list]) {
    const limit = node.optional(field)?.integer();
    if (limit !== undefined && limit >= 0) return Math.min(limit, MAX_CHOICES);
  }
  return undefined;
}
