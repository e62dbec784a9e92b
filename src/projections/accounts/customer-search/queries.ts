import { DomainError } from '../../../domain/kernel/errors.ts';
import {
  decodeCursor,
  DEFAULT_PAGE,
  encodeCursor,
  MAX_PAGE,
  type Page,
  type PageRequest,
  type Reads,
} from '../../../engine/projections/reads.ts';
import type { StoredDocument } from '../../../ports/read-store.ts';
import type { CustomerAccount } from '../account/document.ts';
import { findCustomerAccount } from '../account/queries.ts';
import type { CustomerTerm } from './document.ts';
import { searchedTerms } from './normalise.ts';
import { customerSearch } from './projection.ts';

const SLICE = 200;
/** Terms that one page looks at, at most: the next page continues from there. */
const MAX_EXAMINED = 2_000;
/** After every text that begins in the same way. */
const LAST = '\u{10ffff}';

/**
 * Customers whose name or phone number has, for each word of the text, a word that begins with it.
 * In the order of the word that was found, then by name. A page may hold fewer than asked for, even
 * none, and still have a cursor.
 * @throws DomainError invalid_request for a text without a letter or digit.
 */
export async function searchCustomers(
  reads: Reads,
  storeId: string,
  text: string,
  { limit = DEFAULT_PAGE, cursor }: PageRequest,
): Promise<Page<CustomerAccount>> {
  const searched = searchedTerms(text);
  const lead = longest(searched);
  if (lead === undefined) {
    throw new DomainError('invalid_request', 'expected letters or digits to search for', {});
  }
  const pageSize = Math.max(1, Math.min(limit, MAX_PAGE));
  const found: string[] = [];
  let after = cursor === undefined ? undefined : decodeCursor(cursor);
  let hasMore = true;
  for (let examined = 0; hasMore && examined < MAX_EXAMINED && found.length < pageSize;) {
    const slice = await reads.find<CustomerTerm>(customerSearch.name, {
      range: { field: 'order', from: lead, below: `${lead}${LAST}` },
      orderBy: 'order',
      limit: SLICE,
      ...(after && { after }),
    });
    hasMore = slice.length === SLICE;
    for (const document of slice) {
      examined += 1;
      after = placeOf(document);
      if (isFound(document.body, lead, searched)) found.push(document.body.customerId);
      if (found.length < pageSize) continue;
      hasMore ||= document !== slice.at(-1);
      break;
    }
  }
  const accounts = await Promise.all(found.map((id) => findCustomerAccount(reads, storeId, id)));
  const items = accounts.filter((account) => account !== undefined);
  return { items, ...(hasMore && after && { nextCursor: encodeCursor(after) }) };
}

/** Each customer once: at the first of its terms that begins in the same way. */
function isFound({ term, terms }: CustomerTerm, lead: string, searched: readonly string[]) {
  if (terms.find((each) => each.startsWith(lead)) !== term) return false;
  return searched.every((text) => terms.some((each) => each.startsWith(text)));
}

function longest(texts: readonly string[]): string | undefined {
  return [...texts].sort((a, b) => b.length - a.length)[0];
}

function placeOf({ key, body }: StoredDocument<CustomerTerm>) {
  return { value: body.order, key };
}
