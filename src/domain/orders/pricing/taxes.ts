import {
  addMinor,
  allocate,
  amountAt,
  mulDiv,
  PERCENTAGE_DENOMINATOR,
} from '../../kernel/money.ts';
import { rateOf } from '../checks.ts';
import type { AppliedCharge, AppliedTax } from '../events.ts';
import { placesOf } from './discounts.ts';

export const MAX_TAX_PERCENTAGE = 100;

export type TaxPricingInput = Omit<AppliedTax, 'appliedMinor'>;

interface Taxed {
  /** By place of the tax. */
  readonly appliedMinor: number[];
  /** By place of the line. */
  readonly ofLineMinor: number[];
}

const rateOfTax = ({ taxId, percentage }: TaxPricingInput): bigint =>
  rateOf(taxId, percentage, MAX_TAX_PERCENTAGE);

const add = (sums: number[], place: number, amountMinor: number): void => {
  sums[place] = addMinor(amountAt(sums, place), amountMinor);
};

/**
 * The inclusive taxes contained in what is left of each line after discounts. Lines that bear the
 * same taxes are taken together: rates that sum to R contain net × R / (1 + R), rounded once, half
 * to even. That is spread over the lines by their net, and over the taxes by their rates.
 * @throws DomainError invalid_adjustment, amount_out_of_range.
 */
export function containedTaxes(
  taxes: readonly TaxPricingInput[],
  netMinor: readonly number[],
  places: ReadonlyMap<string, number>,
): Taxed {
  const taxesOfLine = netMinor.map((): number[] => []);
  taxes.forEach((tax, i) => {
    if (tax.kind !== 'inclusive') return;
    for (const line of placesOf(tax.lineIds, places)) taxesOfLine[line]?.push(i);
  });
  const groups = new Map<string, { taxes: readonly number[]; lines: number[] }>();
  taxesOfLine.forEach((ofLine, line) => {
    const key = ofLine.join();
    const group = groups.get(key) ?? { taxes: ofLine, lines: [] };
    group.lines.push(line);
    groups.set(key, group);
  });
  const appliedMinor = taxes.map(() => 0);
  const ofLineMinor = netMinor.map(() => 0);
  for (const group of groups.values()) {
    const rates = group.taxes.flatMap((i) => taxes[i] ?? []).map(rateOfTax);
    const rate = rates.reduce((sum, each) => sum + each, 0n);
    if (rate === 0n) continue;
    const nets = group.lines.map((line) => amountAt(netMinor, line));
    const contained = mulDiv(addMinor(...nets), rate, PERCENTAGE_DENOMINATOR + rate, 'half-even');
    const byTax = allocate(contained, rates.map(Number));
    group.taxes.forEach((tax, i) => add(appliedMinor, tax, amountAt(byTax, i)));
    const byLine = allocate(contained, nets);
    group.lines.forEach((line, i) => add(ofLineMinor, line, amountAt(byLine, i)));
  }
  return { appliedMinor, ofLineMinor };
}

/**
 * The exclusive taxes on top of the lines and, where a tax is for the whole order, of the taxable
 * service charges. Each is rounded once, half to even, and spread over what it is taken of.
 *
 * @param baseMinor what is left of each line, less the inclusive tax contained in it.
 * @throws DomainError invalid_adjustment, amount_out_of_range.
 */
export function addedTaxes(
  taxes: readonly TaxPricingInput[],
  baseMinor: readonly number[],
  charges: readonly Pick<AppliedCharge, 'taxable' | 'appliedMinor'>[],
  places: ReadonlyMap<string, number>,
): Taxed & { readonly ofChargeMinor: number[] } {
  const appliedMinor = taxes.map(() => 0);
  const ofLineMinor = baseMinor.map(() => 0);
  const ofChargeMinor = charges.map(() => 0);
  taxes.forEach((tax, i) => {
    if (tax.kind !== 'exclusive') return;
    const lines = placesOf(tax.lineIds, places);
    const onCharges = charges.map(({ taxable, appliedMinor: charged }) =>
      taxable && tax.lineIds === undefined ? charged : 0,
    );
    const weights = [...lines.map((line) => amountAt(baseMinor, line)), ...onCharges];
    const base = addMinor(...weights);
    const amountMinor = mulDiv(base, rateOfTax(tax), PERCENTAGE_DENOMINATOR, 'half-even');
    appliedMinor[i] = amountMinor;
    const parts = allocate(amountMinor, weights);
    lines.forEach((line, j) => add(ofLineMinor, line, amountAt(parts, j)));
    charges.forEach((_, j) => add(ofChargeMinor, j, amountAt(parts, lines.length + j)));
  });
  return { appliedMinor, ofLineMinor, ofChargeMinor };
}
