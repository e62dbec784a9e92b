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
import type { Query, StoredDocument } from '../../../ports/read-store.ts';
import type { ProductDocument, StoredProduct } from '../products/document.ts';
import { products } from '../products/projection.ts';
import { findProduct, priceRange, type ProductFilter, productSort } from '../products/queries.ts';
import type { ProductTerm } from './document.ts';
import { hasAll, isFound, matches, type SearchedWords } from './matching.ts';
import { productSearch } from './projection.ts';
import { productTerms, searchedWords } from './terms.ts';
import { comparePlaces, type Listed, merge, type Place, walk } from './walks.ts';

/** Orders of what is found; a dash reverses one. `relevance`: by the word that was found. */
export const SEARCH_ORDERS = ['relevance', 'name', '-name', 'price', '-price'] as const;
export type SearchOrder = (typeof SEARCH_ORDERS)[number];
type Sorted = Exclude<SearchOrder, 'relevance'>;

/** Documents that one page looks at, at most: the next page continues from there. */
const MAX_EXAMINED = 600;
/** Terms up to which all that is found is sorted at once. */
const MAX_SORTED = 256;
/** Words of which the rarest is looked for. */
const MAX_PROBED = 4;
/** A word with at least as many terms is not rare. */
const PROBE = 128;
/** Different terms whose lists are merged. */
const MAX_MERGED = 24;
/** After every text that begins in the same way. */
const LAST = '\u{10ffff}';
/** After every text of a term, and before longer terms. */
const AFTER_TERM = '!';

interface Search {
  readonly reads: Reads;
  readonly storeId: string;
  readonly words: SearchedWords;
  readonly filter: ProductFilter;
  readonly pageSize: number;
  readonly after: Query['after'];
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
  const [longest, ...others] = distinctWords(text);
  if (longest === undefined) {
    throw new DomainError('invalid_request', 'expected letters or digits to search for', {});
  }
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const search: Search = {
    reads,
    storeId,
    words: [longest, ...others],
    filter,
    pageSize: Math.max(1, Math.min(limit, MAX_PAGE)),
    after,
  };
  const words = await withLead(search, order);
  const led = { ...search, words };
  return pageOf(led, order === 'relevance' ? byRelevance(led) : await bySort(led, order));
}

/** The longest first, without those that another one begins with: it implies them. */
function distinctWords(text: string): string[] {
  const words = searchedWords(text).sort((a, b) => b.length - a.length);
  return words.filter((word, i) => !words.slice(0, i).some((longer) => longer.startsWith(word)));
}

/** The rarest word leads. A page by relevance goes on with the word that led the page before. */
async function withLead(search: Search, order: SearchOrder): Promise<SearchedWords> {
  const { words, after } = search;
  if (words.length === 1) return words;
  const known = order === 'relevance' && after ? String(after.value) : undefined;
  const lead =
    known === undefined
      ? await rarest(search)
      : (words.find((word) => known.startsWith(word)) ?? words[0]);
  return [lead, ...words.filter((word) => word !== lead)];
}

async function rarest({ reads, words }: Search): Promise<string> {
  const probed = words.slice(0, MAX_PROBED);
  const counts = await Promise.all(
    probed.map(async (word) => {
      const found = await reads.find(productSearch.name, { ...termsOf(word), limit: PROBE });
      return found.length;
    }),
  );
  return probed[counts.indexOf(Math.min(...counts))] ?? words[0];
}

function termsOf(word: string): Omit<Query, 'limit'> {
  return { range: { field: 'order', from: word, below: `${word}${LAST}` }, orderBy: 'order' };
}

/** In the order of the term that was found, where it stands, and the name. */
function byRelevance({ reads, words, filter, after, pageSize }: Search): AsyncGenerator<Place> {
  const { categoryId } = filter;
  const terms = termsOf(words[0]);
  const where = categoryId === undefined ? {} : { where: { categoryId } };
  return walk<ProductTerm>(reads, {
    projection: productSearch.name,
    query: { ...terms, ...where, ...(after && { after }) },
    first: pageSize + 1,
    placeOf: (body, key) => ({
      value: body.order,
      key,
      productId: body.productId,
      isFound: isFound(body, words, filter),
    }),
  });
}

/** All terms at once if they are few, else the lists of each term, else all products. */
async function bySort(search: Search, order: Sorted): Promise<AsyncGenerator<Place>> {
  const { reads, words } = search;
  const few = await reads.find<ProductTerm>(productSearch.name, {
    ...termsOf(words[0]),
    limit: MAX_SORTED,
  });
  if (few.length < MAX_SORTED) return sorted(search, few, order);
  const terms = await termsThatBegin(search);
  return terms ? merged(search, terms, order) : scanned(search, order);
}

/** Undefined when they are too many. */
async function termsThatBegin({ reads, words: [lead] }: Search): Promise<string[] | undefined> {
  const terms: string[] = [];
  for (let from = lead; ;) {
    const range = { field: 'order', from, below: `${lead}${LAST}` };
    const query = { range, orderBy: 'order', limit: 1 };
    const [first] = await reads.find<ProductTerm>(productSearch.name, query);
    if (!first) return terms;
    if (terms.length === MAX_MERGED) return undefined;
    terms.push(first.body.term);
    from = `${first.body.term}${AFTER_TERM}`;
  }
}

const signOf = (order: Sorted) => (order.startsWith('-') ? -1 : 1);

async function* sorted(
  search: Search,
  terms: readonly StoredDocument<ProductTerm>[],
  order: Sorted,
): AsyncGenerator<Place> {
  const { after } = search;
  const compare = comparePlaces(signOf(order));
  const placeOf = termPlaceOf(search, order);
  const places = terms.map(({ body }) => placeOf(body)).sort(compare);
  const start = after && { ...after, productId: '', isFound: false };
  yield* start ? places.filter((place) => compare(place, start) > 0) : places;
}

/** A list of each term in the order that is asked for, merged. */
function merged(search: Search, terms: readonly string[], order: Sorted): AsyncGenerator<Place> {
  const { reads, storeId, filter, after, pageSize } = search;
  const { orderBy, direction } = productSort(order);
  const range = orderBy === 'priceMinor' ? priceRange(filter) : {};
  const first = Math.ceil((pageSize + 1) / terms.length) + 1;
  const placeOf = termPlaceOf(search, order);
  const walks = terms.map((term) => {
    // The key of this term's document of the product that the page before ended with.
    const key = after && `${after.key}${documentKey(storeId, term).slice(storeId.length)}`;
    const start = after && key !== undefined ? { after: { value: after.value, key } } : {};
    const query = { where: { term }, ...range, orderBy, ...start };
    const listed: Listed<ProductTerm> = {
      projection: productSearch.name,
      query: direction ? { ...query, direction } : query,
      first,
      placeOf,
    };
    return walk(reads, listed);
  });
  return merge(walks, comparePlaces(signOf(order)));
}

function termPlaceOf({ storeId, words, filter }: Search, order: Sorted) {
  const field = order.endsWith('price') ? 'priceMinor' : 'sortName';
  return (body: ProductTerm): Place => ({
    value: body[field],
    key: documentKey(storeId, body.productId),
    productId: body.productId,
    isFound: isFound(body, words, filter),
  });
}

/** Words that begin many different terms: the products are read in the order that is asked for. */
function scanned(search: Search, order: Sorted): AsyncGenerator<Place> {
  const { reads, words, filter, after } = search;
  const sort = productSort(order);
  const range = sort.orderBy === 'priceMinor' ? priceRange(filter) : {};
  const field = sort.orderBy as 'priceMinor' | 'sortName';
  return walk<StoredProduct>(reads, {
    projection: products.name,
    query: {
      where: { status: filter.status ?? 'live' },
      ...range,
      ...sort,
      ...(after && { after }),
    },
    placeOf: (body, key) => ({
      value: body[field],
      key,
      productId: body.productId,
      isFound: matches(body, filter) && hasWords(body, words),
    }),
  });
}

/** Most are found by their names: the other texts are read only for the rest. */
function hasWords(product: StoredProduct, words: SearchedWords): boolean {
  return hasAll(product.sortName.split(' '), words) || hasAll(productTerms(product), words);
}

/** Reads until the page is full, or enough has been looked at. */
async function pageOf(
  { reads, storeId, pageSize }: Search,
  places: AsyncGenerator<Place>,
): Promise<Page<ProductDocument>> {
  const ids: string[] = [];
  let last: Place | undefined;
  let hasMore = false;
  let examined = 0;
  for await (const place of places) {
    hasMore = ids.length === pageSize || examined === MAX_EXAMINED;
    if (hasMore) break;
    examined += 1;
    last = place;
    if (place.isFound) ids.push(place.productId);
  }
  const found = await Promise.all(ids.map((id) => findProduct(reads, storeId, id)));
  const items = found.filter((product) => product !== undefined);
  return { items, ...(hasMore && last && { nextCursor: encodeCursor(last) }) };
}
