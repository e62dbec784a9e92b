import type { BooksDocument, BooksLine, Parked, Translation } from './document.ts';
import { sumOfLines } from './document.ts';
import { type BooksMapping, createLookup } from './mapping.ts';
import type { CorrectionAt } from './postings.ts';
import { commonRoles, noteOf, parked, translateSale } from './receipts.ts';

/** A change of a sale after it was sold, with the number that it has in the books for ever. */
export interface BookedCorrection {
  readonly correction: CorrectionAt;
  readonly number: string;
}

/**
 * What a late change becomes in the books: the difference between the receipt before and after, on
 * the day of the change, linked to the sale by its note. More money is a sales receipt, less is a
 * refund receipt; the receipt of the sale stays as it is.
 */
export function translateCorrection(
  { correction, number }: BookedCorrection,
  mapping: BooksMapping,
): Translation {
  const { before, after, businessDay: day, correctionId } = correction;
  const [old, now] = [before, after].map((order) => translateSale({ order, number }, mapping));
  if (old?.outcome !== 'document') return old as Parked;
  if (now?.outcome !== 'document') return now as Parked;
  const lookup = createLookup(mapping);
  const unmapped = [...now.unmapped];
  const changeMinor = now.document.totalMinor - old.document.totalMinor;
  const isLess = changeMinor < 0;
  const sign = isLess ? -1 : 1;
  const discountMinor = sign * (now.document.discountMinor - old.document.discountMinor);
  const lines = difference(old.document, now.document, sign);
  // A discount of a document is never negative, so a smaller one is a line.
  if (discountMinor < 0) {
    const itemId = lookup.itemOfRole('item');
    lines.push({ itemId, description: 'Discount corrected', amountMinor: -discountMinor });
  }
  const roles = commonRoles(lookup);
  if (isLess && roles.depositAccountId === undefined) {
    const text = 'Less money needs the account that it leaves: map the role deposit_account.';
    return parked('deposit_account_not_mapped', text, lookup);
  }
  const [was, is] = [before.totals.totalMinor, after.totals.totalMinor];
  const { customerId, paymentMethodId, taxCode, currency } = now.document;
  const taken = Math.max(0, discountMinor);
  const document: BooksDocument = {
    ...{ kind: isLess ? 'refund-receipt' : 'sales-receipt', number, day, currency, lines },
    ...{ discountMinor: taken, totalMinor: sumOfLines(lines) - taken, taxCode },
    ...(customerId !== undefined && { customerId }),
    ...(paymentMethodId !== undefined && { paymentMethodId }),
    note: `Correction ${correctionId}: ${was} became ${is}. ${noteOf(after)}`.slice(0, 4_000),
    ...roles,
  };
  return { outcome: 'document', document, unmapped };
}

/** By item and description, what is more now; of `sign` -1, what is less. */
function difference(old: BooksDocument, now: BooksDocument, sign: 1 | -1): BooksLine[] {
  const byName = new Map<string, BooksLine>();
  const add = ({ itemId, description, amountMinor }: BooksLine, factor: 1 | -1) => {
    const name = `${itemId} ${description}`;
    const sumMinor = (byName.get(name)?.amountMinor ?? 0) + factor * sign * amountMinor;
    byName.set(name, { itemId, description, amountMinor: sumMinor });
  };
  for (const line of now.lines) add(line, 1);
  for (const line of old.lines) add(line, -1);
  return [...byName.values()].filter(({ amountMinor }) => amountMinor !== 0);
}
