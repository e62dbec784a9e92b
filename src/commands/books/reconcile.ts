import {
  bookedMinor,
  booksDecider,
  type BooksEntry,
  type BooksState,
  type Case,
  type DaySums,
  daySums,
  isSame,
  isSold,
  judge,
  match,
  refundOf,
  saleHistoryOf,
  type SquareSale,
  translateCorrection,
  type Verdict,
} from '../../domain/books/index.ts';
import { orderDecider } from '../../domain/orders/index.ts';
import type { Calendar } from '../../ports/calendar.ts';
import type {
  ProviderBooks,
  ProviderClient,
  ProviderConnections,
  ProviderResult,
} from '../../ports/provider-client.ts';
import { type OwnParts, ownSales, strayCases } from './own-sales.ts';
import { type Days, readBooks, readNumbered, readSales } from './read-provider.ts';
import { translate } from './translate.ts';

/** Documents that are missing on their day and looked for on all days. */
const MAX_LOOKUPS = 500;

export interface ReconcileParts extends OwnParts {
  readonly connections: ProviderConnections;
  readonly calendar: Calendar;
}

export interface ReconcileRequest {
  readonly storeId: string;
  readonly days: Days;
  /** Differences up to this are left out, where there is one document on the right day. */
  readonly toleranceMinor: number;
  /** Whether items are compared as well: each order is then read from the log. */
  readonly withItems: boolean;
}

/** Whether a system was read; else why not, as a code. */
export type Source = { readonly isRead: true } | { readonly isRead: false; readonly code: string };

export type Variance = Verdict & Case;

export interface Reconciliation {
  readonly square: Source;
  readonly quickbooks: Source;
  readonly days: readonly DaySums[];
  readonly variances: readonly Variance[];
  /** Sales and refunds that were looked at. */
  readonly comparedCount: number;
  /** Imported sales that Square does not show for those days: with it they are not compared. */
  readonly notAtSquareCount: number;
}

/**
 * Compares what Square, this shop and its books really have of some days. What was not read is
 * null in the sums, and not compared.
 * @throws what the storage throws.
 */
export async function reconcile(
  parts: ReconcileParts,
  request: ReconcileRequest,
): Promise<Reconciliation> {
  const { storeId, days, toleranceMinor } = request;
  const own = await ownSales(parts, storeId, days);
  const [square, sales] = await salesOf(parts, storeId, days);
  const [quickbooks, entries, books] = await booksOf(parts, storeId, days);
  const matched = match(own, sales ?? [], entries);
  const cases = matched.cases.filter((each) => each.own || isWithin(each.square?.day, days));
  const strays = await strayCases(parts, storeId, matched.strays);
  const found = await variancesOf(parts, request, [...cases, ...strays], books);
  const lookedAt = cases.map((each) => found.lookedUp.get(each) ?? each);
  const isUnseen = (each: Case) => isFromSquare(each) && !each.square;
  return {
    ...{ square, quickbooks, comparedCount: cases.length + strays.length },
    days: daySums(lookedAt, { square: square.isRead, quickbooks: quickbooks.isRead }),
    variances: found.variances.filter((each) => !isTolerated(each, toleranceMinor)),
    notAtSquareCount: square.isRead ? cases.filter(isUnseen).length : 0,
  };
}

const isFromSquare = ({ own }: Case) =>
  own?.isSold === true && own.refundId === undefined && own.squareOrderId !== undefined;
const isWithin = (day: string | undefined, { from, to }: Days) =>
  day !== undefined && day >= from && day <= to;

/** What should be in the books, less what is. What is at Square counts before what is here. */
export function varianceMinor({ square, own, entries }: Case): number {
  const correctedMinor = own ? own.totalMinor - bookedMinor(own) : 0;
  const expectedMinor = square
    ? square.totalMinor - correctedMinor
    : own?.isSold
      ? bookedMinor(own)
      : 0;
  return expectedMinor - (entries ?? []).reduce((sum, { totalMinor }) => sum + totalMinor, 0);
}

function isTolerated(found: Variance, toleranceMinor: number): boolean {
  const isThereOnce = found.entries?.length === 1 && found.own?.isSold === true;
  const isOnItsDay = found.entries?.[0]?.day === found.own?.day;
  const differenceMinor = Math.abs(varianceMinor(found));
  return isThereOnce && isOnItsDay && differenceMinor > 0 && differenceMinor <= toleranceMinor;
}

async function salesOf(
  { connections, calendar }: ReconcileParts,
  storeId: string,
  days: Days,
): Promise<[Source, (readonly SquareSale[])?]> {
  const businessDayOf = (atMs: number) => calendar.businessDay(storeId, atMs);
  return read(connections, storeId, 'square', ({ sales }) =>
    sales ? readSales(sales, days, businessDayOf) : NOT_OFFERED,
  );
}

const NOT_OFFERED = Promise.resolve({ kind: 'permanent', code: 'not_offered' } as const);

async function booksOf(
  { connections }: ReconcileParts,
  storeId: string,
  days: Days,
): Promise<[Source, readonly BooksEntry[] | undefined, ProviderBooks | undefined]> {
  let opened: ProviderBooks | undefined;
  const [source, entries] = await read(connections, storeId, 'quickbooks', ({ books }) => {
    opened = books;
    return books ? readBooks(books, days) : NOT_OFFERED;
  });
  return [source, entries, opened];
}

async function read<T>(
  connections: ProviderConnections,
  storeId: string,
  provider: string,
  from: (client: ProviderClient) => Promise<ProviderResult<T>>,
): Promise<[Source, T?]> {
  const connection = await connections.open(storeId, provider, 'low');
  const result = connection.kind === 'ok' ? await from(connection.value.client) : connection;
  if (result.kind === 'ok') return [{ isRead: true }, result.value];
  return [{ isRead: false, code: result.code }];
}

/**
 * The verdict on each that is not the same at first sight, or on all with their items.
 * @returns besides, what was looked up again.
 */
async function variancesOf(
  parts: ReconcileParts,
  { storeId, withItems }: ReconcileRequest,
  cases: readonly Case[],
  books: ProviderBooks | undefined,
): Promise<{ readonly variances: readonly Variance[]; readonly lookedUp: Map<Case, Case> }> {
  const { state: mapping } = await parts.commands.load(booksDecider, storeId, 'quickbooks');
  const variances: Variance[] = [];
  const looked = new Map<Case, Case>();
  for (const each of cases) {
    if (!withItems && isSame(each)) continue;
    let known = await withFacts(parts, storeId, each, withItems ? mapping : undefined);
    const isGone = known.entries?.length === 0 && known.posting === 'succeeded';
    if (isGone && known.own && books && looked.size < MAX_LOOKUPS) {
      known = await lookedUp(known, known.own.number, books);
      looked.set(each, known);
    }
    const verdict = judge(known);
    if (verdict) variances.push({ ...known, ...verdict });
  }
  return { variances, lookedUp: looked };
}

/** It may be there on a day that is not among those of the comparison. */
async function lookedUp(known: Case, number: string, books: ProviderBooks): Promise<Case> {
  const result = await readNumbered(books, number);
  // Unread, it is not on its day all the same, and what corrects it looks again first.
  return result.kind === 'ok' ? { ...known, entries: result.value } : known;
}

/** With what is known here of the sale beside its total. */
async function withFacts(
  { commands, digest, reads }: ReconcileParts,
  storeId: string,
  found: Case,
  mapping: BooksState | undefined,
): Promise<Case> {
  const { own } = found;
  if (!own) return found;
  const { orderId, refundId, correctionId } = own;
  const isMissing = own.isSold && found.entries?.length === 0;
  const posting = isMissing ? await reads.postingOf(own) : undefined;
  const { state: order } = await commands.load(orderDecider, storeId, orderId);
  if (order.status === 'none') return found;
  const events = await reads.eventsOf(orderId);
  const history = saleHistoryOf(events);
  const refund = refundId === undefined ? undefined : refundOf(events, refundId);
  const { tipMinor } = refund ?? order.totals;
  const sold = (isSold(order) ? history?.sold : undefined) ?? order;
  const correction = history?.corrections.find((each) => each.correctionId === correctionId);
  const translation =
    mapping &&
    (correctionId !== undefined && correction
      ? translateCorrection({ correction, number: own.number }, mapping)
      : translate(digest, storeId, refund ? order : sold, mapping, refund));
  const document = translation?.outcome === 'document' ? translation.document : undefined;
  return {
    ...{ ...found, tipMinor, ...(posting && { posting }) },
    ...(sold !== order && !refund && { bookedTipMinor: sold.totals.tipMinor }),
    ...(document && { byItem: sumsByItem(document.lines) }),
  };
}

function sumsByItem(
  lines: readonly { readonly itemId: string; readonly amountMinor: number }[],
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { itemId, amountMinor } of lines) sums[itemId] = (sums[itemId] ?? 0) + amountMinor;
  return sums;
}
