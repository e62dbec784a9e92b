import type { AccountEvent } from '../../../domain/accounts/events.ts';
import { partsOf } from '../../../domain/kernel/names.ts';
import { perPart } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import { sortNameOf } from '../../../lib/search-words.ts';
import type { CustomerTerm } from './document.ts';
import { termsOf } from './normalise.ts';

/** One document per customer and term: a search is a range of them on every read store. */
export const customerSearch: Projection<CustomerTerm, AccountEvent> = {
  name: 'customer-search',
  version: 1,
  collection: 'customer-search',
  indexes: [{ name: 'by_order', fields: ['order'] }],
  feed: 'money',
  ...perPart<AccountEvent>('account', touched),
  evolve(document, event, key) {
    if (event.type !== 'AccountOpened' && event.type !== 'AccountContactChanged') return document;
    const { customerId, personal } = event.data;
    const terms = termsOf(personal);
    const term = partsOf(key).parts.at(-1) ?? '';
    if (!terms.includes(term)) return undefined;
    return { customerId, term, order: `${term} ${sortNameOf(personal.name)}`, terms };
  },
};

/** The terms that the event adds, keeps or takes away. */
function touched(event: AccountEvent): string[] {
  if (event.type === 'AccountOpened') return termsOf(event.data.personal);
  if (event.type !== 'AccountContactChanged') return [];
  const { personal } = event.data;
  return [...new Set([...termsOf(personal.previous), ...termsOf(personal)])];
}
