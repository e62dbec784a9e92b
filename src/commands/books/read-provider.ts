import { QUICKBOOKS_ENTITIES, type SquareSale } from '../../domain/books/index.ts';
import { instantMs } from '../../domain/kernel/instant.ts';
import type { Calendar } from '../../ports/calendar.ts';
import {
  type KeptDocument,
  MAX_SEARCHED_LOCATIONS,
  type ProviderBooks,
  type ProviderResult,
  type ProviderSales,
} from '../../ports/provider-client.ts';

/** Pages of one list: what has more is not compared, and not declared the same. */
const MAX_PAGES = 400;
const TOO_MANY = { kind: 'permanent', code: 'too_many_pages' } as const;
const DAY_MS = 86_400_000;
/** Attempts at one page; the limits of the provider are waited for besides. */
const MAX_TRIES = 3;

const midnightMs = (day: string) => instantMs(`${day}T00:00:00.000Z`);

/** Business days, both inclusive. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** A read has no effect, so a failure that may pass is tried again at once. */
export async function insist<T>(
  read: () => Promise<ProviderResult<T>>,
): Promise<ProviderResult<T>> {
  let result = await read();
  for (let tries = 1; tries < MAX_TRIES && result.kind === 'retry'; tries++) result = await read();
  return result;
}

/** All documents of those days that the books have, of every kind that is posted. */
export async function readBooks(
  books: ProviderBooks,
  days: Days,
): Promise<ProviderResult<readonly KeptDocument[]>> {
  const all: KeptDocument[] = [];
  for (const entity of Object.values(QUICKBOOKS_ENTITIES)) {
    let start: number | undefined;
    for (let page = 0; ; page++) {
      if (page === MAX_PAGES) return TOO_MANY;
      const result = await insist(() => books.list(entity, days, start));
      if (result.kind !== 'ok') return result;
      all.push(...result.value.documents);
      start = result.value.next;
      if (start === undefined) break;
    }
  }
  return { kind: 'ok', value: all };
}

/** All bank deposits of those days. */
export async function readDeposits(
  books: ProviderBooks,
  days: Days,
): Promise<ProviderResult<readonly KeptDocument[]>> {
  const all: KeptDocument[] = [];
  let start: number | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const result = await insist(() => books.list('Deposit', days, start));
    if (result.kind !== 'ok') return result;
    all.push(...result.value.documents);
    start = result.value.next;
    if (start === undefined) return { kind: 'ok', value: all };
  }
  return TOO_MANY;
}

/** All of one number, whatever their day and kind. */
export async function readNumbered(
  books: ProviderBooks,
  number: string,
): Promise<ProviderResult<readonly KeptDocument[]>> {
  const all: KeptDocument[] = [];
  for (const entity of Object.values(QUICKBOOKS_ENTITIES)) {
    const result = await insist(() => books.findAll(entity, number));
    if (result.kind !== 'ok') return result;
    all.push(...result.value);
  }
  return { kind: 'ok', value: all };
}

/**
 * All sales of those days that Square has. Business days begin at another time than days, so a day
 * more is read at both ends; the sales of it are in the result, with their own day.
 */
export async function readSales(
  sales: ProviderSales,
  { from, to }: Days,
  businessDayOf: (atMs: number) => ReturnType<Calendar['businessDay']>,
): Promise<ProviderResult<readonly SquareSale[]>> {
  const found = await insist(() => sales.locations());
  if (found.kind !== 'ok') return found;
  const time = { fromMs: midnightMs(from) - DAY_MS, toMs: midnightMs(to) + 3 * DAY_MS };
  const all: SquareSale[] = [];
  for (let i = 0; i < found.value.length; i += MAX_SEARCHED_LOCATIONS) {
    const locations = found.value.slice(i, i + MAX_SEARCHED_LOCATIONS);
    let cursor: string | undefined;
    for (let page = 0; ; page++) {
      if (page === MAX_PAGES) return TOO_MANY;
      const result = await insist(() => sales.list(locations, time, cursor));
      if (result.kind !== 'ok') return result;
      for (const { closedAt, ...sale } of result.value.sales) {
        all.push({ ...sale, day: businessDayOf(instantMs(closedAt)) });
      }
      cursor = result.value.next;
      if (cursor === undefined) break;
    }
  }
  return { kind: 'ok', value: all };
}
