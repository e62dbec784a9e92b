import {
  type BooksDocument,
  ownerIn,
  QUICKBOOKS_ENTITIES,
  quickBooksOf,
} from '../../domain/books/index.ts';
import type { BooksContent } from '../../domain/deliveries/index.ts';
import type { KeptDocument, ProviderBooks, ProviderResult } from '../../ports/provider-client.ts';
import { readNumbered } from './read-provider.ts';

export interface Settlement {
  readonly content: BooksContent;
  /** Its number in the books, for ever. */
  readonly number: string;
  /** As it should be there; absent: nothing should. */
  readonly document?: BooksDocument;
  readonly key: string;
}

/**
 * Brings the books to one right document of a sale or refund, or to none: one that is there is
 * changed, others are deleted, and a missing one is created. Every step looks at what is there, so
 * that it can run again. A document of another sale is left alone, also where it is named.
 * @returns the id of the document; '' for none.
 */
export async function settle(
  books: ProviderBooks,
  { content, number, document, key }: Settlement,
): Promise<ProviderResult<string>> {
  const found = await gathered(books, content, number);
  if (found.kind !== 'ok') return found;
  const keep = document && bestOf(found.value, document);
  for (const extra of found.value.filter((each) => each !== keep)) {
    const removed = await books.remove(extra, stepKey(key, `d${extra.id}`));
    if (removed.kind !== 'ok') return removed;
  }
  if (!document) return { kind: 'ok', value: '' };
  if (keep && isRight(keep, document)) return { kind: 'ok', value: keep.id };
  const entity = QUICKBOOKS_ENTITIES[document.kind];
  const body = quickBooksOf(document);
  const written = keep
    ? await books.create(
        entity,
        { ...body, Id: keep.id, SyncToken: keep.version },
        stepKey(key, `u${keep.version}`),
      )
    : await books.create(entity, body, key);
  if (written.kind !== 'ok') return written;
  if (written.value.totalMinor === document.totalMinor) {
    return { kind: 'ok', value: written.value.id };
  }
  return { kind: 'permanent', code: 'total_mismatch' };
}

const MAX_KEY_LENGTH = 50;
const stepKey = (key: string, step: string) => `${key}-${step}`.slice(0, MAX_KEY_LENGTH);

/** All of its number, and those that were named and are of it as well. */
async function gathered(
  books: ProviderBooks,
  { orderId, refundId, correctionId, settles = [] }: BooksContent,
  number: string,
): Promise<ProviderResult<readonly KeptDocument[]>> {
  const numbered = await readNumbered(books, number);
  if (numbered.kind !== 'ok') return numbered;
  const all = [...numbered.value];
  for (const { entity, id } of settles) {
    if (all.some((each) => each.entity === entity && each.id === id)) continue;
    const found = await books.get(entity, id);
    if (found.kind !== 'ok') return found;
    const owner = found.value && ownerIn(found.value.note);
    if (!found.value || owner?.orderId !== orderId || owner.refundId !== refundId) continue;
    if (owner.correctionId !== correctionId) continue;
    all.push(found.value);
  }
  return { kind: 'ok', value: all };
}

/** The one that has to change least. */
function bestOf(found: readonly KeptDocument[], document: BooksDocument): KeptDocument | undefined {
  const fitting = found.filter(({ entity }) => entity === QUICKBOOKS_ENTITIES[document.kind]);
  return (
    fitting.find((each) => isRight(each, document)) ??
    fitting.find(({ number }) => number === document.number) ??
    fitting[0]
  );
}

function isRight(found: KeptDocument, document: BooksDocument): boolean {
  const { number, day, totalMinor, lines } = document;
  const byItem = new Map<string, number>();
  for (const { itemId, amountMinor } of lines) {
    byItem.set(itemId, (byItem.get(itemId) ?? 0) + amountMinor);
  }
  const items = new Set([...byItem.keys(), ...Object.keys(found.byItem)]);
  return (
    found.number === number &&
    found.day === day &&
    found.totalMinor === totalMinor &&
    [...items].every((item) => (byItem.get(item) ?? 0) === (found.byItem[item] ?? 0))
  );
}
