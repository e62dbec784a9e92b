import { DomainError } from '../../../domain/kernel/errors.ts';
import { documentKey } from '../../../domain/kernel/names.ts';
import {
  decodeCursor,
  DEFAULT_PAGE,
  encodeCursor,
  MAX_PAGE,
  type Page,
  type PageRequest,
  type Reads,
} from '../../../engine/projections/reads.ts';
import type { FieldValue, Query, StoredDocument } from '../../../ports/read-store.ts';
import type { ProductDocument, StoredProduct } from '../products/document.ts';
import { products } from '../products/projection.ts';
import { findProduct, type ProductFilter, productSort } from '../products/queries.ts';
import type { ProductTerm } from './document.ts';
import { productSearch } from './projection.ts';
import { productTerms, searchedWords } from './terms.ts';

/** Orders of what is found; a dash reverses one. `relevance`: by the word that was found. */
export const SEARCH_ORDERS = ['relevance', 'name', '-name', 'price', '-price'] as const;
export type SearchOrder = (typeof SEARCH_ORDERS)[number];

const SLICE = 200;
/** Documents that one page looks at, at most: the next page continues from there. */
const MAX_EXAMINED = 2_000;
/** Terms up to which all that is found is sorted at once. */
const MAX_SORTED = 1_000;
/** After every text that begins in the same way. */
const LAST = '\u{10ffff}';

interface Search {
  readonly reads: Reads;
  readonly storeId: string;
  /** The beginnings of words that all must match; the first is the longest. */
  readonly words: readonly [string, ...string[]];
  readonly filter: ProductFilter;
  readonly pageSize: number;
  readonly after: { readonly value: FieldValue; readonly key: string } | undefined;
}

/**
 * Products of which name, description or sku has, for each word of the text, a word that begins
 * with it, whatever its case and accents. A page may hold fewer than asked for, even none, and
 * still have a cursor.
 * @throws DomainError invalid_request for a text without a letter or digit.
 */
export async function searchProducts(
  reads: Reads,
  storeId: string,
  text: string,
  filter: ProductFilter,
  order: SearchOrder,
  { limit = DEFAULT_PAGE, cursor }: PageRequest,
): Promise<Page<ProductDocument>> {
  const [lead, ...others] = searchedWords(text).sort((a, b) => b.length - a.length);
  if (lead === undefined) {
    throw new DomainError('invalid_request', 'expected letters or digits to search for', {});
  }
  const search: Search = {
    reads,
    storeId,
    words: [lead, ...others],
    filter,
    pageSize: Math.max(1, Math.min(limit, MAX_PAGE)),
    after: cursor === undefined ? undefined : decodeCursor(cursor),
  };
  if (order === 'relevance') return byRelevance(search);
  const few = await reads.find<ProductTerm>(productSearch.name, termsOf(search, MAX_SORTED));
  return few.length < MAX_SORTED ? sorted(search, few, order) : scanned(search, order);
}

function termsOf({ words: [lead] }: Search, limit: number): Query {
  return {
    range: { field: 'order', from: lead, below: `${lead}${LAST}` },
    orderBy: 'order',
    limit,
  };
}

/** In the order of the word that was found, then by name. */
function byRelevance(search: Search): Promise<Page<ProductDocument>> {
  return collect<ProductTerm>(search, {
    projection: productSearch.name,
    query: termsOf(search, SLICE),
    field: 'order',
    isFound: (term) => isFound(term, search),
  });
}

/** A word that many products have: they are read in the order that is asked for. */
function scanned(search: Search, order: Exclude<SearchOrder, 'relevance'>) {
  const { words, filter } = search;
  const sort = productSort(order);
  return collect<StoredProduct>(search, {
    projection: products.name,
    query: { where: { status: filter.status ?? 'live' }, ...sort, limit: SLICE },
    field: sort.orderBy as keyof StoredProduct,
    isFound: (product) => matches(product, filter) && hasAll(productTerms(product), words),
  });
}

interface Source<Doc> {
  readonly projection: string;
  readonly query: Query;
  readonly field: keyof Doc;
  readonly isFound: (document: Doc) => boolean;
}

/** Reads slices until the page is full, or enough has been looked at. */
async function collect<Doc extends { readonly productId: string }>(
  { reads, storeId, pageSize, after: from }: Search,
  { projection, query, field, isFound: found }: Source<Doc>,
): Promise<Page<ProductDocument>> {
  const ids: string[] = [];
  let after = from;
  let hasMore = true;
  for (let examined = 0; hasMore && examined < MAX_EXAMINED && ids.length < pageSize;) {
    const slice: readonly StoredDocument<Doc>[] = await reads.find<Doc>(projection, {
      ...query,
      ...(after && { after }),
    });
    hasMore = slice.length === SLICE;
    for (const document of slice) {
      examined += 1;
      after = { value: document.body[field] as FieldValue, key: document.key };
      if (found(document.body)) ids.push(document.body.productId);
      if (ids.length < pageSize) continue;
      hasMore ||= document !== slice.at(-1);
      break;
    }
  }
  const items = await productsOf(reads, storeId, ids);
  return { items, ...(hasMore && after && { nextCursor: encodeCursor(after) }) };
}

/** All that is found is known: the page is cut out of it. */
async function sorted(
  search: Search,
  terms: readonly StoredDocument<ProductTerm>[],
  order: Exclude<SearchOrder, 'relevance'>,
): Promise<Page<ProductDocument>> {
  const { reads, storeId, pageSize, after } = search;
  const { direction } = productSort(order);
  const field = order.endsWith('price') ? 'priceMinor' : 'sortName';
  const sign = direction === 'descending' ? -1 : 1;
  const compare = (a: Place, b: Place) => sign * comparePlaces(a, b);
  const places = terms
    .filter(({ body }) => isFound(body, search))
    .map(({ body }): Place => ({
      value: body[field],
      key: documentKey(storeId, body.productId),
      productId: body.productId,
    }))
    .sort(compare)
    .filter((place) => !after || compare(place, { ...after, productId: '' }) > 0);
  const page = places.slice(0, pageSize);
  const items = await productsOf(
    reads,
    storeId,
    page.map(({ productId }) => productId),
  );
  const last = page.at(-1);
  return { items, ...(last && places.length > page.length && { nextCursor: encodeCursor(last) }) };
}

interface Place {
  readonly value: FieldValue;
  readonly key: string;
  readonly productId: string;
}

function comparePlaces(a: Place, b: Place): number {
  return compareValues(a.value, b.value) || compareValues(a.key, b.key);
}

function compareValues(a: FieldValue, b: FieldValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

/** Each product once: at the first of its terms that begins in the same way. */
function isFound(document: ProductTerm, { words, filter }: Search): boolean {
  const { term, terms } = document;
  if (terms.find((each) => each.startsWith(words[0])) !== term) return false;
  return matches(document, filter) && hasAll(terms, words);
}

function hasAll(terms: readonly string[], words: readonly string[]): boolean {
  return words.every((word) => terms.some((term) => term.startsWith(word)));
}

type Filtered = Pick<
  ProductTerm,
  'status' | 'active' | 'categoryId' | 'stockPolicy' | 'priceMinor'
>;

function matches(document: Filtered | StoredProduct, filter: ProductFilter): boolean {
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

async function productsOf(reads: Reads, storeId: string, ids: readonly string[]) {
  const found = await Promise.all(ids.map((id) => findProduct(reads, storeId, id)));
  return found.filter((product) => product !== undefined);
}
