import { createJsonElements, type JsonElement } from '../../lib/json-elements.ts';
import { CliError } from '../cli-error.ts';
import { textPieces } from '../text-pieces.ts';
import type { SourceItem } from './source.ts';

/** An item of Square with 250 variations is about a tenth of this. */
const MAX_ELEMENT_LENGTH = 3_000_000;
const PRODUCT_LISTS: readonly string[] = ['', 'products', 'objects'];

/** A file of products in our form, or of a Square catalogue. */
interface JsonFile {
  readonly isSquare: boolean;
  /** Objects of Square that items refer to, by id. */
  readonly related: RelatedObjects;
}

export type RelatedObjects = ReadonlyMap<string, SourceItem>;

/** Kept in memory while the file is sent. */
const MAX_RELATED_LENGTH = 64_000_000;
const RELATED_TYPES: readonly unknown[] = ['CATEGORY', 'MODIFIER_LIST', 'IMAGE'];

/**
 * Reads a JSON file once for what it is and for the objects that others refer to.
 * @throws CliError for a file that is no list, and holds none.
 */
export async function readJsonFile(file: string): Promise<JsonFile> {
  const related = new Map<string, SourceItem>();
  let isSquare = false;
  let length = 0;
  let hasList = false;
  const onList = (name: string) => {
    hasList ||= PRODUCT_LISTS.includes(name);
  };
  for await (const { list, index, text } of elements(file, onList)) {
    const item = itemOf({ list, index, text });
    const { type, id } = (item.value ?? {}) as { type?: unknown; id?: unknown };
    isSquare ||= list === 'objects' || (list === '' && type !== undefined);
    if (!RELATED_TYPES.includes(type) || typeof id !== 'string' || related.has(id)) continue;
    length += text.length;
    if (length > MAX_RELATED_LENGTH) {
      const what = 'characters of categories, modifier lists and images';
      throw new CliError(`expected at most ${MAX_RELATED_LENGTH} ${what} in ${file}`);
    }
    related.set(id, item);
  }
  if (!hasList) {
    throw new CliError(`expected a list, or an object with "products" or "objects", in ${file}`);
  }
  return { isSquare, related };
}

/** The products or objects of a JSON file, one after the other. @throws CliError */
export async function* jsonSource(file: string): AsyncGenerator<SourceItem> {
  for await (const element of elements(file)) {
    if (PRODUCT_LISTS.includes(element.list)) yield itemOf(element);
  }
}

async function* elements(
  file: string,
  onList?: (name: string) => void,
): AsyncGenerator<JsonElement> {
  const parser = createJsonElements(MAX_ELEMENT_LENGTH, onList);
  try {
    for await (const piece of textPieces(file)) yield* parser.push(piece);
    parser.end();
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new CliError(`expected products as JSON in ${file}: ${cause.message}`, { cause });
  }
}

function itemOf({ list, index, text }: JsonElement): SourceItem {
  const about = {
    name: `${list === 'objects' ? 'object' : 'product'} ${index + 1}`,
    path: list === '' ? `/${index}` : `/${list}/${index}`,
  };
  try {
    return { ...about, value: JSON.parse(text) as unknown };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return { ...about, problem: { field: '', message: `expected JSON: ${message}` } };
  }
}

/** The objects that these refer to, by any field, and those that they refer to in turn. */
export function relatedTo(items: readonly SourceItem[], known: RelatedObjects): SourceItem[] {
  const found = new Map<string, SourceItem>();
  const look = (value: unknown): void => {
    if (typeof value === 'string') {
      const item = known.get(value);
      if (!item || found.has(value)) return;
      found.set(value, item);
      look(item.value);
    } else if (typeof value === 'object' && value !== null) {
      for (const part of Object.values(value)) look(part);
    }
  };
  for (const { value } of items) look(value);
  return [...found.values()];
}
