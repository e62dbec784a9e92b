import { MAX_ID_LENGTH } from '../../domain/kernel/schema.ts';
import { isPrintable } from '../../lib/printable-text.ts';
import { JsonNode, UnexpectedJsonError } from '../square-import/json-node.ts';
import type { ListItem } from './own-rows.ts';

/** Square nests categories up to seven deep; a loop in bad data ends here too. */
const MAX_NESTING = 10;

/** Temporary ids in our own exports. Their last part is the id here. */
const OWN_ID = '#tillstream/';

/** The id here of an object that we exported; undefined for one of Square. */
export function ownIdOf(id: string): string | undefined {
  if (!id.startsWith(OWN_ID)) return undefined;
  try {
    const own = decodeURIComponent(id.split('/').at(-1) ?? '');
    return own !== '' && own.length <= MAX_ID_LENGTH && isPrintable(own) ? own : undefined;
  } catch {
    return undefined;
  }
}

/** The objects of a request that its items refer to, by their ids. */
export type SquareObjects = ReadonlyMap<string, ListItem>;

export function squareObjects(items: readonly ListItem[]): SquareObjects {
  const known = new Map<string, ListItem>();
  for (const item of items) {
    const { id } = (item.value ?? {}) as { id?: unknown };
    if (typeof id === 'string' && !known.has(id)) known.set(id, item);
  }
  return known;
}

/** The object of that type with that id; undefined when the request does not hold it. */
export function objectOf(
  objects: SquareObjects,
  id: string,
  type: 'CATEGORY' | 'MODIFIER_LIST' | 'IMAGE',
): JsonNode | undefined {
  const found = objects.get(id);
  if (!found) return undefined;
  const node = new JsonNode(found.value, found.path);
  return node.optional('type')?.value === type ? node : undefined;
}

/**
 * Names of a category, the outermost first; undefined when the request does not hold all of them.
 * @throws UnexpectedJsonError
 */
export function squareCategoryNames(objects: SquareObjects, id: string): string[] | undefined {
  const names: string[] = [];
  let next: JsonNode | undefined;
  let nextId: string | undefined = id;
  while (nextId !== undefined) {
    next = objectOf(objects, nextId, 'CATEGORY');
    if (!next) return undefined;
    const data: JsonNode = next.at('category_data');
    names.unshift(data.at('name').text());
    if (names.length > MAX_NESTING) {
      throw new UnexpectedJsonError(
        next.path,
        `at most ${MAX_NESTING} categories in each other`,
        id,
      );
    }
    nextId = data.optional('parent_category')?.optional('id')?.text();
  }
  return names;
}
