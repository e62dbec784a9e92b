import {
  addMinor,
  amountAt,
  mulDiv,
  PERCENTAGE_DENOMINATOR,
  roundToCoin,
} from '../../kernel/money.ts';
import { multiplyByQuantity, parseQuantity, storedQuantity } from '../../kernel/quantity.ts';
import { rateOf } from '../checks.ts';
import type { AppliedCharge, OrderPlaced, PricedLine, PricedModifier, Totals } from '../events.ts';
import { applyDiscounts, type DiscountPricingInput } from './discounts.ts';
import { addedTaxes, containedTaxes, type TaxPricingInput } from './taxes.ts';

/** A service charge can exceed what it is computed on, such as a minimum-order surcharge. */
export const MAX_CHARGE_PERCENTAGE = 1_000;

export type ChargePricingInput = Omit<AppliedCharge, 'appliedMinor' | 'taxMinor'>;

/** A line before it is priced. The amounts of a priced one are ignored. */
export type LinePricingInput = Omit<
  PricedLine,
  | 'modifiers'
  | 'grossMinor'
  | 'discountMinor'
  | 'compMinor'
  | 'taxMinor'
  | 'inclusiveTaxMinor'
  | 'totalMinor'
> & { readonly modifiers: readonly Omit<PricedModifier, 'totalMinor'>[] };

export interface PricingInput {
  readonly lines: readonly LinePricingInput[];
  readonly discounts: readonly DiscountPricingInput[];
  readonly taxes: readonly TaxPricingInput[];
  readonly serviceCharges: readonly ChargePricingInput[];
  readonly tipMinor: number;
  /** The smallest coin that the total is rounded to; 0 where cash is rounded when it is paid. */
  readonly cashRoundingMinor: number;
  /** Comped lines: what the discounts leave of them is discounted too. */
  readonly compedLineIds: readonly string[];
  /** The whole order is comped, including its service charges; only a tip stays. */
  readonly comped: boolean;
}

/** Lines and adjustments with their amounts, as the events hold them. */
export type Prices = Pick<
  OrderPlaced['data'],
  'lines' | 'discounts' | 'taxes' | 'serviceCharges' | 'totals'
>;

/**
 * Prices an order, exact to the minor unit (O3). Discounts come first, then inclusive taxes are
 * found in what is left, service charges are computed on what is left, exclusive taxes are added,
 * then the tip, and finally the total is rounded to the smallest coin, halves up, where it is
 * rounded at all. A service charge goes with the last line that is voided.
 *
 * For any input: total = gross - discount + service charge + tax + tip +
 * rounding, and each amount is the sum of its parts in the lines and the service charges.
 * @throws DomainError invalid_adjustment, amount_out_of_range.
 */
export function priceOrder(input: PricingInput): Prices {
  const places = new Map(input.lines.map(({ lineId }, place) => [lineId, place]));
  const modifiers = input.lines.map(priceModifiers);
  const gross = input.lines.map(grossOf);
  const { discounts, leftMinor } = applyDiscounts(input.discounts, gross, places);
  const comps = input.lines.map(({ lineId }, place) =>
    input.comped || input.compedLineIds.includes(lineId) ? amountAt(leftMinor, place) : 0,
  );
  const net = leftMinor.map((left, place) => left - amountAt(comps, place));
  const contained = containedTaxes(input.taxes, net, places);
  const bases = net.map((each, place) => each - amountAt(contained.ofLineMinor, place));
  const charges = applyCharges(input, addMinor(...net));
  const added = addedTaxes(input.taxes, bases, charges, places);

  const lines = input.lines.map((line, place): PricedLine => {
    const grossMinor = amountAt(gross, place);
    const netMinor = amountAt(net, place);
    const compMinor = amountAt(comps, place);
    const taxMinor = amountAt(added.ofLineMinor, place);
    return {
      ...describe(line),
      modifiers: modifiers[place] ?? [],
      grossMinor,
      discountMinor: grossMinor - netMinor,
      ...(compMinor > 0 && { compMinor }),
      taxMinor,
      inclusiveTaxMinor: amountAt(contained.ofLineMinor, place),
      totalMinor: addMinor(netMinor, taxMinor),
    };
  });
  const serviceCharges = charges.map((charge, i) => ({
    ...charge,
    taxMinor: amountAt(added.ofChargeMinor, i),
  }));
  const taxes = input.taxes.map((tax, i) => ({
    ...tax,
    appliedMinor: amountAt(contained.appliedMinor, i) + amountAt(added.appliedMinor, i),
  }));
  return {
    lines,
    discounts,
    taxes,
    serviceCharges,
    totals: totalsOf(input, lines, serviceCharges),
  };
}

/** A line without the amounts of an earlier pricing. */
function describe(line: LinePricingInput): Omit<LinePricingInput, 'modifiers'> {
  const { lineId, productId, name, variation, quantity, unitPriceMinor, listPriceMinor } = line;
  const { note, voided } = line;
  return {
    lineId,
    ...(productId !== undefined && { productId }),
    name,
    ...(variation !== undefined && { variation }),
    quantity,
    unitPriceMinor,
    ...(listPriceMinor !== undefined && { listPriceMinor }),
    ...(note !== undefined && { note }),
    ...(voided && { voided }),
  };
}

const quantityOf = ({ quantity }: LinePricingInput): bigint =>
  storedQuantity(quantity) ?? parseQuantity(quantity);

function priceModifiers(line: LinePricingInput): PricedModifier[] {
  return line.modifiers.map((modifier) => ({
    ...modifier,
    totalMinor: multiplyByQuantity(
      mulDiv(modifier.unitPriceMinor, BigInt(modifier.quantity), 1n, 'down'),
      quantityOf(line),
    ),
  }));
}

function grossOf(line: LinePricingInput): number {
  const extras = line.modifiers.map(({ unitPriceMinor, quantity }) =>
    mulDiv(unitPriceMinor, BigInt(quantity), 1n, 'down'),
  );
  return multiplyByQuantity(addMinor(line.unitPriceMinor, ...extras), quantityOf(line));
}

function applyCharges(input: PricingInput, netMinor: number): (ChargePricingInput & Charged)[] {
  const nothingLeft = input.lines.every(({ voided }) => voided === true);
  return input.serviceCharges.map((charge) => {
    const { chargeId, percentage, amountMinor = 0 } = charge;
    if (input.comped || nothingLeft) return { ...charge, appliedMinor: 0 };
    if (percentage === undefined) return { ...charge, appliedMinor: amountMinor };
    const rate = rateOf(chargeId, percentage, MAX_CHARGE_PERCENTAGE);
    const appliedMinor = mulDiv(netMinor, rate, PERCENTAGE_DENOMINATOR, 'half-even');
    return { ...charge, appliedMinor };
  });
}

type Charged = Pick<AppliedCharge, 'appliedMinor'>;

function totalsOf(
  input: PricingInput,
  lines: readonly PricedLine[],
  charges: readonly AppliedCharge[],
): Totals {
  const grossMinor = addMinor(...lines.map((line) => line.grossMinor));
  const discountMinor = addMinor(...lines.map((line) => line.discountMinor));
  const serviceChargeMinor = addMinor(...charges.map((charge) => charge.appliedMinor));
  const taxMinor = addMinor(...[...lines, ...charges].map((part) => part.taxMinor));
  const exact = addMinor(grossMinor, -discountMinor, serviceChargeMinor, taxMinor, input.tipMinor);
  const totalMinor = roundToCoin(exact, input.cashRoundingMinor);
  return {
    grossMinor,
    discountMinor,
    serviceChargeMinor,
    taxMinor,
    inclusiveTaxMinor: addMinor(...lines.map((line) => line.inclusiveTaxMinor)),
    tipMinor: input.tipMinor,
    roundingMinor: totalMinor - exact,
    totalMinor,
  };
}
