import { DomainError } from '../../kernel/errors.ts';
import { addMinor } from '../../kernel/money.ts';
import type { AppliedCharge, PricedLine, Totals } from '../events.ts';

type Sum = readonly [field: string, found: number, expected: number];

/** The total by the formula of its parts. @throws DomainError amount_out_of_range. */
export function totalOf(totals: Omit<Totals, 'totalMinor'>): number {
  const { grossMinor, discountMinor, serviceChargeMinor, taxMinor, tipMinor } = totals;
  const { roundingMinor } = totals;
  return addMinor(
    grossMinor,
    -discountMinor,
    serviceChargeMinor,
    taxMinor,
    tipMinor,
    roundingMinor,
  );
}

/**
 * Checks that an order adds up (invariant 15): each line by itself, the sums of the lines and
 * service charges, and the total by its formula.
 * @throws DomainError total_mismatch naming the first field that differs, expected and found.
 */
export function assertAddsUp(
  lines: readonly PricedLine[],
  charges: readonly AppliedCharge[],
  totals: Totals,
): void {
  const sum = <T>(parts: readonly T[], amount: (part: T) => number) =>
    addMinor(...parts.map(amount));
  const sums: Sum[] = [
    ...lines.map((line): Sum => [
      `${line.lineId}.totalMinor`,
      line.totalMinor,
      addMinor(line.grossMinor, -line.discountMinor, line.taxMinor),
    ]),
    ['grossMinor', totals.grossMinor, sum(lines, (line) => line.grossMinor)],
    ['discountMinor', totals.discountMinor, sum(lines, (line) => line.discountMinor)],
    ['serviceChargeMinor', totals.serviceChargeMinor, sum(charges, (c) => c.appliedMinor)],
    ['taxMinor', totals.taxMinor, sum([...lines, ...charges], (part) => part.taxMinor)],
    [
      'inclusiveTaxMinor',
      totals.inclusiveTaxMinor,
      sum([...lines, ...charges], (part) => part.inclusiveTaxMinor ?? 0),
    ],
    ['totalMinor', totals.totalMinor, totalOf(totals)],
  ];
  for (const [field, found, expected] of sums) {
    if (found === expected) continue;
    throw new DomainError('total_mismatch', `expected ${field} ${expected}, found ${found}`, {
      field,
      expected,
      found,
    });
  }
}
