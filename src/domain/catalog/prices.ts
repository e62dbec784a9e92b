import type { ProductFields } from './events.ts';

/** The price of one unit in that branch, in minor units. */
export function priceAt(
  { priceMinor, branchPrices }: Pick<ProductFields, 'priceMinor' | 'branchPrices'>,
  branchId: string | undefined,
): number {
  const there = branchPrices.find((price) => price.branchId === branchId);
  return there?.priceMinor ?? priceMinor;
}
