import {
  type AccountEvent,
  type Contact,
  ERASED_CONTACT,
} from '../../../domain/accounts/events.ts';
import { partsOf } from '../../../domain/kernel/names.ts';
import { perPart } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import { sortNameOf } from '../../../lib/search-words.ts';
import type { CustomerTerm } from './document.ts';
import { MAX_TERMS, termsOf } from './normalise.ts';

/**
 * A document per term, numbered: by `order`, a search is a range of them on every read store. The
 * number is the key, and not the term, because keys outlive their documents and an erasure knows
 * no terms.
 */
export const customerSearch: Projection<CustomerTerm, AccountEvent> = {
  name: 'customer-search',
  version: 2,
  collection: 'customer-search',
  indexes: [{ name: 'by_order', fields: ['order'] }],
  feed: 'money',
  ...perPart<AccountEvent>('account', touched),
  evolve(document, event, key) {
    if (event.type === 'CustomerDataErased') return undefined;
    if (event.type !== 'AccountOpened' && event.type !== 'AccountContactChanged') return document;
    const { customerId, personal } = event.data;
    const terms = termsOfContact(personal);
    const term = terms[Number(partsOf(key).parts.at(-1))];
    if (term === undefined) return undefined;
    return { customerId, term, order: `${term} ${sortNameOf(personal.name)}`, terms };
  },
};

/** The numbers of the terms that the event adds, keeps or takes away. */
function touched(event: AccountEvent): string[] {
  switch (event.type) {
    case 'AccountOpened':
      return numbers(termsOfContact(event.data.personal).length);
    case 'AccountContactChanged': {
      const { personal } = event.data;
      const before = termsOfContact(personal.previous).length;
      return numbers(Math.max(before, termsOfContact(personal).length));
    }
    case 'CustomerDataErased':
      return numbers(MAX_TERMS);
    default:
      return [];
  }
}

/** Erased data has no terms, whether it was erased before the event was folded or after it. */
function termsOfContact(contact: Contact): string[] {
  return contact.name === ERASED_CONTACT.name ? [] : termsOf(contact);
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, number) => String(number));
}
