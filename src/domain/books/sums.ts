import type { AppliedCharge, AppliedTax, Order } from '../orders/index.ts';
import type { BooksLine } from './document.ts';
import type { TargetLookup } from './mapping.ts';

const sumOf = (amounts: readonly number[]) => amounts.reduce((sum, each) => sum + each, 0);

/** Service charges, taxes, tip and rounding, each with an item of its own. */
export function sumLines(order: Order, lookup: TargetLookup): BooksLine[] {
  const { totals, serviceCharges, taxes } = order;
  const { tipMinor, roundingMinor, taxMinor, inclusiveTaxMinor } = totals;
  return [
    ...serviceCharges.map((charge) => chargeLine(charge, lookup)),
    ...taxLines(taxes, taxMinor + inclusiveTaxMinor, lookup),
    ...lineOf('Tip', tipMinor, () => lookup.itemOfRole('tip')),
    ...lineOf('Rounding', roundingMinor, () => lookup.itemOfRole('rounding')),
  ].filter(({ amountMinor }) => amountMinor !== 0);
}

/** Nothing of an amount of 0 has to be mapped. */
export const lineOf = (
  description: string,
  amountMinor: number,
  itemOf: () => string,
): BooksLine[] => (amountMinor === 0 ? [] : [{ itemId: itemOf(), description, amountMinor }]);

const chargeLine = (
  { name, appliedMinor, inclusiveTaxMinor = 0 }: AppliedCharge,
  lookup: TargetLookup,
): BooksLine => ({
  itemId: lookup.item('service_charge', name, name, 'service_charge'),
  description: name,
  amountMinor: appliedMinor - inclusiveTaxMinor,
});

/**
 * The tax that the till computed, to the last minor unit, as lines: a provider that computed it
 * again could come to another one. Where the single taxes do not come to their sum, one line.
 */
function taxLines(taxes: readonly AppliedTax[], allMinor: number, lookup: TargetLookup) {
  const listed = taxes.filter(({ appliedMinor }) => appliedMinor > 0);
  const isListed = sumOf(listed.map(({ appliedMinor }) => appliedMinor)) === allMinor;
  if (!isListed) return lineOf('Sales tax', allMinor, () => lookup.itemOfRole('tax'));
  return listed.map(({ name, appliedMinor }) => ({
    itemId: lookup.item('tax', name, name, 'tax'),
    description: `Sales tax: ${name}`,
    amountMinor: appliedMinor,
  }));
}
