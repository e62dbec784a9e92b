import type { StoredProduct } from '../products/document.ts';
import type { ProductFilter } from '../products/queries.ts';
import type { ProductTerm } from './document.ts';

/** The beginnings of words that all must match. The first one leads: its terms are read. */
export type SearchedWords = readonly [string, ...string[]];

/** Each product once: at the first of its terms that begins with the leading word. */
export function isFound(
  document: ProductTerm,
  words: SearchedWords,
  filter: ProductFilter,
): boolean {
  const { term, terms } = document;
  if (terms.find((each) => each.startsWith(words[0])) !== term) return false;
  return matches(document, filter) && hasAll(terms, words);
}

export function hasAll(terms: readonly string[], words: SearchedWords): boolean {
  return words.every((word) => terms.some((term) => term.startsWith(word)));
}

type Filtered = Pick<
  ProductTerm,
  'status' | 'active' | 'categoryId' | 'stockPolicy' | 'priceMinor'
>;

export function matches(document: Filtered | StoredProduct, filter: ProductFilter): boolean {
  const { status = 'live', categoryId, stockPolicy, active } = filter;
  const { minPriceMinor = 0, maxPriceMinor = Infinity } = filter;
  return (
    document.status === status &&
    (categoryId === undefined || document.categoryId === categoryId) &&
    (stockPolicy === undefined || document.stockPolicy === stockPolicy) &&
    (active === undefined || document.active === active) &&
    document.priceMinor >= minPriceMinor &&
    document.priceMinor <= maxPriceMinor
  );
}
