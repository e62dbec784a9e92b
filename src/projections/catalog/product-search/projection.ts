import type { ProductEvent } from '../../../domain/catalog/events.ts';
import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import { partsOf } from '../../../domain/kernel/names.ts';
import { perPart } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import { sortNameOf } from '../../../lib/search-words.ts';
import type { ProductTerm } from './document.ts';
import { productTerms, termPlaces } from './terms.ts';

type Event = ProductEvent | CommandRefused;

/** One document per product and term: a search is a range of them on every read store. */
export const productSearch: Projection<ProductTerm, Event> = {
  name: 'product-search',
  version: 2,
  collection: 'product-search',
  indexes: [
    { name: 'by_order', fields: ['order'] },
    { name: 'by_category', fields: ['categoryId', 'order'] },
    { name: 'by_name', fields: ['term', 'sortName'] },
    { name: 'by_price', fields: ['term', 'priceMinor'] },
  ],
  ...perPart<Event>('product', touched),
  evolve(document, event, key) {
    if (event.type === 'CommandRefused') return document;
    const places = termPlaces(event.data);
    const term = partsOf(key).parts.at(-1) ?? '';
    const place = places.get(term);
    if (place === undefined) return undefined;
    const { productId, name, active, categoryId, stockPolicy, priceMinor } = event.data;
    const sortName = sortNameOf(name);
    return {
      productId,
      term,
      order: orderOf(term, `${place}${sortName}`),
      terms: [...places.keys()].sort(),
      status: event.type === 'ProductDeleted' ? 'deleted' : 'live',
      active,
      ...(categoryId !== undefined && { categoryId }),
      stockPolicy,
      sortName,
      priceMinor,
    };
  },
};

/** A blank comes before all that a term can contain, so the shorter of two terms is first. */
function orderOf(term: string, rest: string): string {
  return `${term} ${rest}`;
}

/** The terms that the event adds, keeps or takes away. */
function touched(event: Event): string[] {
  if (event.type === 'CommandRefused') return [];
  const now = productTerms(event.data);
  if (event.type !== 'ProductChanged') return now;
  const { previous, ...after } = event.data;
  // A field that was not set before is absent in `previous`: its words are among those of now.
  return [...new Set([...now, ...productTerms({ ...after, ...previous })])];
}
