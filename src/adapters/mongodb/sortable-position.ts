import { InvariantError } from '../../domain/kernel/errors.ts';
import type { Position } from '../../domain/kernel/position.ts';

const DIGITS = 20;

/**
 * A text of fixed width that sorts as positions do: both numbers in full, each incremented by one
 * so that the start of the log (-1) needs no sign. Exact where a double would not be.
 */
export function sortablePosition({ commit, prepare }: Position): string {
  return `${digitsOf(commit)}.${digitsOf(prepare)}`;
}

export function positionOfSortable(text: string): Position {
  const match = /^(\d{20})\.(\d{20})$/.exec(text);
  if (!match) throw new InvariantError('a stored position', { text });
  return { commit: BigInt(match[1] as string) - 1n, prepare: BigInt(match[2] as string) - 1n };
}

function digitsOf(number: bigint): string {
  return (number + 1n).toString().padStart(DIGITS, '0');
}
