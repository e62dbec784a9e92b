import { type BooksDeposit, payoutMark } from '../../domain/books/index.ts';
import type { ProviderBooks, ProviderResult } from '../../ports/provider-client.ts';
import { readDeposits } from './read-provider.ts';

/**
 * Posts the deposit of a payout, or finds the one that is there: its answer to an earlier attempt
 * was lost. Deposits have no number that can be looked for, so those of its day are read.
 * @returns its id, and what it comes to there.
 */
export async function postDeposit(
  books: ProviderBooks,
  { day, body }: BooksDeposit,
  payoutId: string,
  key: string,
): Promise<ProviderResult<{ readonly id: string; readonly totalMinor: number }>> {
  const there = await readDeposits(books, { from: day, to: day });
  if (there.kind !== 'ok') return there;
  const known = there.value.find(({ note }) => note.includes(payoutMark(payoutId)));
  return known ? { kind: 'ok', value: known } : books.create('Deposit', body, key);
}
