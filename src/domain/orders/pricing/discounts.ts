import {
  addMinor,
  allocate,
  amountAt,
  mulDiv,
  PERCENTAGE_DENOMINATOR,
} from '../../kernel/money.ts';
import { rateOf } from '../checks.ts';
import type { AppliedDiscount } from '../events.ts';

export const MAX_DISCOUNT_PERCENTAGE = 100;

export type DiscountPricingInput = Omit<AppliedDiscount, 'appliedMinor'>;

/**
 * The sequence of discounts, each computed on what the previous ones left, as Square documents it
 * for the Orders API. Within a step of percentages the smaller comes first, which is what
 * reproduces Square's published example.
 */
const STEPS = [
  { scope: 'line', by: 'percentage' },
  { scope: 'order', by: 'percentage' },
  { scope: 'line', by: 'amount' },
  { scope: 'order', by: 'amount' },
] as const;
type Step = (typeof STEPS)[number];

/** The places of an adjustment's lines; of all lines when it names none. */
export function placesOf(
  lineIds: readonly string[] | undefined,
  places: ReadonlyMap<string, number>,
): number[] {
  if (lineIds === undefined) return [...places.values()];
  return [...new Set(lineIds)].flatMap((lineId) => places.get(lineId) ?? []);
}

/**
 * Takes the discounts off the lines. An amount never takes more than is left; what it takes is
 * spread over its lines in proportion to what is left of each. Percentages round half to even.
 *
 * @param grossMinor what each line costs, in the order of `places`.
 * @returns the discounts as given, each with what it took, and what is left of each line.
 * @throws DomainError invalid_adjustment, amount_out_of_range.
 */
export function applyDiscounts<D extends DiscountPricingInput>(
  discounts: readonly D[],
  grossMinor: readonly number[],
  places: ReadonlyMap<string, number>,
): { discounts: AppliedDiscount[]; leftMinor: number[] } {
  const leftMinor = [...grossMinor];
  const applied = discounts.map((discount) => ({ ...discount, appliedMinor: 0 }));
  for (const step of STEPS) {
    for (const discount of ofStep(applied, step)) {
      const lines = placesOf(discount.lineIds, places);
      const weights = lines.map((line) => amountAt(leftMinor, line));
      discount.appliedMinor = amountOf(discount, addMinor(...weights));
      const parts = allocate(discount.appliedMinor, weights);
      lines.forEach((line, i) => {
        leftMinor[line] = amountAt(leftMinor, line) - amountAt(parts, i);
      });
    }
  }
  return { discounts: applied, leftMinor };
}

function ofStep<D extends DiscountPricingInput>(discounts: readonly D[], step: Step): D[] {
  const chosen = discounts.filter(
    ({ lineIds, percentage }) =>
      (lineIds === undefined ? 'order' : 'line') === step.scope &&
      (percentage === undefined ? 'amount' : 'percentage') === step.by,
  );
  if (step.by === 'amount') return chosen;
  return chosen
    .map((discount) => ({ discount, rate: rateOfDiscount(discount) }))
    .sort((a, b) => Number(a.rate > b.rate) - Number(a.rate < b.rate))
    .map(({ discount }) => discount);
}

function rateOfDiscount({ discountId, percentage }: DiscountPricingInput): bigint {
  return rateOf(discountId, percentage ?? '0', MAX_DISCOUNT_PERCENTAGE);
}

function amountOf(discount: DiscountPricingInput, leftMinor: number): number {
  if (discount.percentage === undefined) return Math.min(discount.amountMinor ?? 0, leftMinor);
  return mulDiv(leftMinor, rateOfDiscount(discount), PERCENTAGE_DENOMINATOR, 'half-even');
}
