import { cutWord, wordsOf } from '../../../lib/search-words.ts';

/** Words of a description after these do not find its product. */
const MAX_DESCRIPTION_WORDS = 40;
const MAX_NAME_WORDS = 20;

/** Where a term stands in a product: what has it in its name is found first. */
export const TERM_PLACES = { name: '0', sku: '1', description: '2' } as const;
export type TermPlace = (typeof TERM_PLACES)[keyof typeof TERM_PLACES];

interface Searchable {
  readonly name: string;
  readonly description?: string | undefined;
  readonly sku?: string | undefined;
}

/**
 * What a product is found by: the words of its name, description and sku, and the sku without
 * separators; each with the first place where it stands.
 */
export function termPlaces({
  name,
  description = '',
  sku = '',
}: Searchable): Map<string, TermPlace> {
  const parts = wordsOf(sku);
  const places = new Map<string, TermPlace>();
  const add = (words: readonly string[], place: TermPlace) => {
    for (const word of words.map(cutWord)) if (!places.has(word)) places.set(word, place);
  };
  add(wordsOf(name).slice(0, MAX_NAME_WORDS), TERM_PLACES.name);
  add([...parts, ...(parts.length > 1 ? [parts.join('')] : [])], TERM_PLACES.sku);
  add(wordsOf(description).slice(0, MAX_DESCRIPTION_WORDS), TERM_PLACES.description);
  return places;
}

/** The same terms in order, without repeats. */
export function productTerms(product: Searchable): string[] {
  return [...termPlaces(product).keys()].sort();
}

/** The beginnings of terms that a search asks for; all must match. */
export function searchedWords(text: string): string[] {
  return [...new Set(wordsOf(text).map(cutWord))];
}
