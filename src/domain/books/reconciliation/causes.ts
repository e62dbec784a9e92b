/**
 * Why a sale or refund is not the same at Square, here and in the books.
 * - `missing_webhook`: Square has a sale, or a later version of it, that is not here.
 * - `tip_edited`: the tip is another one at Square, or was changed in the books.
 * - `fee`: the books have it less the fee of the provider of payments.
 * - `posted_twice`: the books have more than one document of it.
 * - `wrong_day`: the books have it on another day.
 * - `deleted_in_books`, `edited_in_books`: it was posted, and changed there by hand.
 * - `mapping_changed`: its items went elsewhere than they would go now.
 * - `rounding`: it differs by a few of the smallest units.
 * - `not_posted`: it was never to be posted, such as what was sold before the connection.
 * - `waiting`: it is on its way.
 * - `parked`: it cannot be posted as it is; its delivery says why.
 * - `not_sold`: the books have what is no sale here, such as a cancelled order.
 */
export const VARIANCE_CAUSES = [
  ...(['missing_webhook', 'tip_edited', 'fee', 'posted_twice', 'wrong_day'] as const),
  ...(['deleted_in_books', 'edited_in_books', 'mapping_changed', 'rounding'] as const),
  ...(['not_posted', 'waiting', 'parked', 'not_sold'] as const),
] as const;
export type VarianceCause = (typeof VARIANCE_CAUSES)[number];

/**
 * What corrects it.
 * - `import`: take the sale over from Square.
 * - `settle`: bring the books to one right document of it.
 * - `retry`: correct what the parked delivery names, and send it again.
 * - `wait`: nothing, it is on its way.
 */
export const FIXES = ['import', 'settle', 'retry', 'wait'] as const;
export type Fix = (typeof FIXES)[number];

/** A sale as Square has it. */
export interface SquareSale {
  readonly id: string;
  readonly location: string;
  /** Business day, YYYY-MM-DD. */
  readonly day: string;
  /** With its tip. */
  readonly totalMinor: number;
  readonly tipMinor: number;
  /** What the provider of payments keeps; 0 while it is not known. */
  readonly feeMinor: number;
}

/** A sale, or a refund of one, as it is here. */
export interface OwnSale {
  readonly orderId: string;
  readonly refundId?: string;
  /** A change of the sale after it was sold, which has a document of its own. */
  readonly correctionId?: string;
  readonly squareOrderId?: string;
  readonly day: string;
  /** As it is now; of a correction, how much more or less it is, as a positive amount. */
  readonly totalMinor: number;
  /** Of a sale with corrections: what it was sold for, which its first document has. */
  readonly bookedMinor?: number;
  /** A correction to less: money that went back, as with a refund. */
  readonly isBack?: true;
  /** Its number in the books. */
  readonly number: string;
  /** False: nothing of it belongs into the books. */
  readonly isSold: boolean;
}

/** A document as the books have it. */
export interface BooksEntry {
  readonly entity: string;
  readonly id: string;
  /** '' for none. */
  readonly number: string;
  readonly day: string;
  readonly totalMinor: number;
  readonly tipMinor: number;
  readonly note: string;
  /** Whether it was changed after it was made. */
  readonly isEdited: boolean;
  /** What its lines come to, by item. */
  readonly byItem: Readonly<Record<string, number>>;
}

/** What became of its posting. Absent: none was requested. */
export type PostingState = 'waiting' | 'succeeded' | 'parked' | 'cancelled';

export interface Case {
  readonly own?: OwnSale;
  readonly square?: SquareSale;
  /** Absent: the books were not read. */
  readonly entries?: readonly BooksEntry[];
  readonly posting?: PostingState;
  /** The tip here. */
  readonly tipMinor?: number;
  /** That of its own document, where it was changed later. */
  readonly bookedTipMinor?: number;
  /** By item, as it would be posted now; absent: items are not compared. */
  readonly byItem?: Readonly<Record<string, number>>;
}

export interface Verdict {
  readonly cause: VarianceCause;
  readonly fix: Fix;
}

/** Differences up to this are of rounding, in minor units. */
export const MAX_ROUNDING_MINOR = 5;

/** What its own document in the books comes to. */
export const bookedMinor = (own: OwnSale): number => own.bookedMinor ?? own.totalMinor;

const settle = (cause: VarianceCause): Verdict => ({ cause, fix: 'settle' });

/** Whether there is anything to look into, from what is at hand of all sales. */
export function isSame({ own, square, entries }: Case): boolean {
  const [entry, ...more] = entries ?? [];
  if (!own?.isSold) return own !== undefined && !square && entry === undefined;
  if (square && square.totalMinor !== own.totalMinor) return false;
  if (!entries) return true;
  if (!entry || more.length > 0) return false;
  return entry.totalMinor === bookedMinor(own) && entry.day === own.day;
}

/** Why a sale is not the same everywhere, and what corrects it. Undefined: it is. */
export function judge(found: Case): Verdict | undefined {
  const { own, square, entries } = found;
  if (!own) return square ? { cause: 'missing_webhook', fix: 'import' } : undefined;
  if (square && square.totalMinor !== own.totalMinor) {
    return { cause: changedAt(found), fix: 'import' };
  }
  if (!own.isSold) {
    if (entries && entries.length > 0) return settle('not_sold');
    return square ? { cause: 'missing_webhook', fix: 'import' } : undefined;
  }
  if (!entries) return undefined;
  const [entry, ...more] = entries;
  if (!entry) return missing(found.posting);
  if (more.length > 0) return settle('posted_twice');
  if (entry.totalMinor !== bookedMinor(own)) return settle(causeOfSum(found, own, entry));
  if (entry.day !== own.day) return settle('wrong_day');
  if (!found.byItem || isSameByItem(found.byItem, entry.byItem)) return undefined;
  return settle(entry.isEdited ? 'edited_in_books' : 'mapping_changed');
}

/** The later version of a sale did not come, and often it is only its tip. */
function changedAt({ own, square, tipMinor }: Case): VarianceCause {
  if (!own || !square || tipMinor === undefined) return 'missing_webhook';
  const isTip = square.totalMinor - own.totalMinor === square.tipMinor - tipMinor;
  return isTip ? 'tip_edited' : 'missing_webhook';
}

function missing(posting: PostingState | undefined): Verdict {
  if (posting === 'succeeded') return settle('deleted_in_books');
  if (posting === 'parked') return { cause: 'parked', fix: 'retry' };
  if (posting === 'waiting') return { cause: 'waiting', fix: 'wait' };
  return settle('not_posted');
}

function causeOfSum(
  { square, tipMinor, bookedTipMinor = tipMinor }: Case,
  own: OwnSale,
  entry: BooksEntry,
): VarianceCause {
  const difference = entry.totalMinor - bookedMinor(own);
  const feeMinor = square?.feeMinor ?? 0;
  if (feeMinor > 0 && difference === -feeMinor) return 'fee';
  if (bookedTipMinor !== undefined && difference === entry.tipMinor - bookedTipMinor)
    return 'tip_edited';
  return Math.abs(difference) <= MAX_ROUNDING_MINOR ? 'rounding' : 'edited_in_books';
}

function isSameByItem(
  expected: Readonly<Record<string, number>>,
  found: Readonly<Record<string, number>>,
): boolean {
  const items = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...items].every((item) => (expected[item] ?? 0) === (found[item] ?? 0));
}
