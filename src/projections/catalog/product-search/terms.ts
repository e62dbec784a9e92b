import { cutWord, wordsOf } from '../../../lib/search-words.ts';

/** Words of a description after these do not find its product. */
const MAX_DESCRIPTION_WORDS = 40;
const MAX_NAME_WORDS = 20;

interface Searchable {
  readonly name: string;
  readonly description?: string | undefined;
  readonly sku?: string | undefined;
}

/**
 * What a product is found by: the words of its name, description and sku, and the sku without
 * separators. In order, without repeats.
 */
export function productTerms({ name, description = '', sku = '' }: Searchable): string[] {
  const parts = wordsOf(sku);
  const words = [
    ...wordsOf(name).slice(0, MAX_NAME_WORDS),
    ...wordsOf(description).slice(0, MAX_DESCRIPTION_WORDS),
    ...parts,
    ...(parts.length > 1 ? [parts.join('')] : []),
  ];
  return [...new Set(words.map(cutWord))].sort();
}

/** The beginnings of terms that a search asks for; all must match. */
export function searchedWords(text: string): string[] {
  return [...new Set(wordsOf(text).map(cutWord))];
}
