import { bookedMinor, type Case } from './causes.ts';

/** A sum of one system; null: it was not read. */
export interface Sum {
  readonly count: number;
  readonly totalMinor: number;
}

/** The three systems side by side, for one business day and location. */
export interface DaySums {
  readonly day: string;
  /** Of Square; '' for what was not sold there. */
  readonly location: string;
  readonly square: Sum | null;
  readonly tillstream: Sum;
  readonly quickbooks: Sum | null;
  /** What went back, as a positive amount; Square keeps it in orders of its own. */
  readonly refunds: { readonly tillstream: Sum; readonly quickbooks: Sum | null };
}

type System = 'square' | 'tillstream' | 'quickbooks' | 'refunded' | 'quickbooksRefunded';
type Sums = Record<System, { count: number; totalMinor: number }>;

const none = (): Sums => ({
  square: { count: 0, totalMinor: 0 },
  tillstream: { count: 0, totalMinor: 0 },
  quickbooks: { count: 0, totalMinor: 0 },
  refunded: { count: 0, totalMinor: 0 },
  quickbooksRefunded: { count: 0, totalMinor: 0 },
});

/**
 * Sales and refunds by day and location. A document of the books counts on the day that it has
 * there, so that what stands on a wrong day shows on both.
 * @param read Which of the other systems were read.
 */
export function daySums(
  cases: readonly Case[],
  read: { readonly square: boolean; readonly quickbooks: boolean },
): readonly DaySums[] {
  const days = new Map<string, Sums>();
  const add = (day: string, location: string, system: System, totalMinor: number) => {
    const name = `${day} ${location}`;
    const sums = days.get(name) ?? none();
    days.set(name, sums);
    sums[system].count += 1;
    sums[system].totalMinor += totalMinor;
  };
  for (const { own, square, entries } of cases) {
    const location = square?.location ?? '';
    const isBack = own?.isBack ?? own?.refundId !== undefined;
    const [here, there] = isBack
      ? (['refunded', 'quickbooksRefunded'] as const)
      : (['tillstream', 'quickbooks'] as const);
    if (square) add(square.day, location, 'square', square.totalMinor);
    if (own?.isSold) add(own.day, location, here, bookedMinor(own));
    for (const entry of entries ?? []) add(entry.day, location, there, entry.totalMinor);
  }
  return [...days].sort(byName).map(([name, sums]): DaySums => {
    const [day = '', location = ''] = name.split(' ');
    const { tillstream, refunded } = sums;
    const inBooks = (sum: Sum) => (read.quickbooks ? sum : null);
    return {
      ...{ day, location, square: read.square ? sums.square : null, tillstream },
      quickbooks: inBooks(sums.quickbooks),
      refunds: { tillstream: refunded, quickbooks: inBooks(sums.quickbooksRefunded) },
    };
  });
}

const byName = ([a]: [string, Sums], [b]: [string, Sums]) => (a < b ? -1 : 1);
