import { DomainError } from '../kernel/errors.ts';

/** Parts of one bill. */
export const MAX_SPLIT_PARTS = 100;

/** A part of a split: what one payer owes. */
export interface SplitPart {
  readonly amountMinor: number;
  /** The lines it pays for, where the bill is split by item. */
  readonly lineIds?: readonly string[];
}

/** A line of the bill with its total, in minor units. */
export interface SplitLine {
  readonly lineId: string;
  readonly totalMinor: number;
}

/**
 * Divides an amount by weights: each part is rounded down, and what is left goes one minor unit at
 * a time to the parts with the largest remainder, the earlier part first. The parts always sum to
 * the amount, and parts of equal weight differ by one minor unit at most.
 */
export function divide(totalMinor: number, weights: readonly number[]): number[] {
  const total = BigInt(totalMinor);
  const weight = weights.reduce((sum, each) => sum + BigInt(each), 0n);
  if (weight === 0n)
    return divide(
      totalMinor,
      weights.map(() => 1),
    );
  const shares = weights.map((each, index) => {
    const product = total * BigInt(each);
    return { index, amount: product / weight, remainder: product % weight };
  });
  let left = Number(total - shares.reduce((sum, { amount }) => sum + amount, 0n));
  const parts = shares.map(({ amount }) => Number(amount));
  const byRemainder = [...shares].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  for (const { index } of byRemainder) {
    if (left === 0) break;
    parts[index] = (parts[index] ?? 0) + 1;
    left -= 1;
  }
  return parts;
}

/** Equal or weighted shares, such as `[1, 1, 2]` for a couple that pays together. */
export function splitByShares(totalMinor: number, shares: readonly number[]): SplitPart[] {
  return divide(totalMinor, shares).map((amountMinor) => ({ amountMinor }));
}

/**
 * Named amounts; what they leave is a last part.
 * @throws DomainError total_mismatch when they exceed the total.
 */
export function splitByAmounts(totalMinor: number, amounts: readonly number[]): SplitPart[] {
  const named = Number(amounts.reduce((sum, each) => sum + BigInt(each), 0n));
  if (named > totalMinor) {
    throw new DomainError(
      'total_mismatch',
      `expected amounts of at most ${totalMinor}, found ${named}`,
      { field: 'amounts', expected: totalMinor, found: named },
    );
  }
  const parts = amounts.map((amountMinor) => ({ amountMinor }));
  return named === totalMinor ? parts : [...parts, { amountMinor: totalMinor - named }];
}

/**
 * By item: each group pays for its lines. What belongs to no line, such as service, tip or
 * rounding, and what is paid already, is divided by the value of the lines. Lines in no group are a
 * last part.
 * @throws DomainError line_not_found, duplicate_line.
 */
export function splitByItems(
  totalMinor: number,
  lines: readonly SplitLine[],
  groups: readonly (readonly string[])[],
): SplitPart[] {
  const known = new Map(lines.map((line) => [line.lineId, line.totalMinor]));
  const taken = new Set<string>();
  for (const lineId of groups.flat()) {
    if (!known.has(lineId)) {
      throw new DomainError('line_not_found', `there is no line ${lineId}`, { lineId });
    }
    if (taken.has(lineId)) {
      throw new DomainError('duplicate_line', `expected line ${lineId} in one part only`, {
        lineId,
      });
    }
    taken.add(lineId);
  }
  const rest = lines.map(({ lineId }) => lineId).filter((lineId) => !taken.has(lineId));
  const all = rest.length === 0 ? groups : [...groups, rest];
  const values = all.map((ids) => ids.reduce((sum, id) => sum + (known.get(id) ?? 0), 0));
  return divide(totalMinor, values).map((amountMinor, i) => ({
    amountMinor,
    lineIds: [...(all[i] ?? [])],
  }));
}
