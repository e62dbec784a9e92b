import { parsePercentage } from '../../domain/kernel/money.ts';
import { MAX_NAME_LENGTH } from '../../domain/kernel/schema.ts';
import type { AppliedCharge, AppliedDiscount, AppliedTax } from '../../domain/orders/index.ts';
import { idsOf } from './ids.ts';
import type { JsonNode } from './json-node.ts';
import { money, moneyOrZero } from './money.ts';

/** A line of an order, with the id that its order here knows it by. */
export interface LineNode {
  readonly node: JsonNode;
  readonly lineId: string;
}

function nameOf(adjustment: JsonNode, otherwise: string): string {
  return adjustment.optional('name')?.label(MAX_NAME_LENGTH) ?? otherwise;
}

/** The rules have lower limits of their own for taxes and discounts. */
const MAX_PERCENTAGE = 1_000;

function percentageOf(adjustment: JsonNode): { percentage?: string } {
  const percentage = adjustment.optional('percentage');
  if (!percentage) return {};
  if (parsePercentage(percentage.text(), MAX_PERCENTAGE) === undefined) {
    throw percentage.unexpected('a percentage with up to 7 decimals, as text');
  }
  return { percentage: percentage.text() };
}

/** The order's taxes, as they were applied. */
export function taxesOf(
  order: JsonNode,
  lines: readonly LineNode[],
  currency: string,
): AppliedTax[] {
  const taxes = order.at('taxes').items();
  const ids = idsOf(taxes, 'tax');
  return taxes.map((tax, i) => ({
    taxId: ids[i] ?? '',
    name: nameOf(tax, 'Tax'),
    percentage: '0',
    ...percentageOf(tax),
    kind: tax.optional('type')?.value === 'INCLUSIVE' ? 'inclusive' : 'exclusive',
    ...scopeOf(tax, ids[i], lines, 'tax'),
    appliedMinor: moneyOrZero(tax.optional('applied_money'), currency),
  }));
}

/** The order's discounts, as they were applied. */
export function discountsOf(
  order: JsonNode,
  lines: readonly LineNode[],
  currency: string,
): AppliedDiscount[] {
  const discounts = order.at('discounts').items();
  const ids = idsOf(discounts, 'discount');
  return discounts.map((discount, i) => {
    const amount = discount.optional('amount_money');
    return {
      discountId: ids[i] ?? '',
      name: nameOf(discount, 'Discount'),
      ...percentageOf(discount),
      ...(amount && { amountMinor: money(amount, currency) }),
      ...scopeOf(discount, ids[i], lines, 'discount'),
      appliedMinor: moneyOrZero(discount.optional('applied_money'), currency),
    };
  });
}

/** The lines that a tax or discount of single lines is for: those that refer to it. */
function scopeOf(
  adjustment: JsonNode,
  uid: string | undefined,
  lines: readonly LineNode[],
  kind: 'tax' | 'discount',
): { lineIds?: string[] } {
  if (adjustment.optional('scope')?.value !== 'LINE_ITEM') return {};
  const list = kind === 'tax' ? 'applied_taxes' : 'applied_discounts';
  const lineIds = lines
    .filter(({ node }) =>
      node
        .at(list)
        .items()
        .some((applied) => applied.optional(`${kind}_uid`)?.value === uid),
    )
    .map(({ lineId }) => lineId);
  return lineIds.length > 0 ? { lineIds } : {};
}

/** The inclusive taxes that Square applied to a line or a service charge. */
export function inclusiveTaxOf(
  taxed: JsonNode,
  inclusive: ReadonlySet<unknown>,
  currency: string,
): number {
  return taxed
    .at('applied_taxes')
    .items()
    .filter((tax) => inclusive.has(tax.optional('tax_uid')?.value))
    .reduce((sum, tax) => sum + moneyOrZero(tax.optional('applied_money'), currency), 0);
}

/**
 * The order's service charges. Square's `applied_money` contains inclusive tax, and `total_money`
 * is that plus the tax on top.
 */
export function chargesOf(
  order: JsonNode,
  inclusive: ReadonlySet<unknown>,
  currency: string,
): AppliedCharge[] {
  const charges = order.at('service_charges').items();
  const ids = idsOf(charges, 'charge');
  return charges.map((charge, i) => {
    const amount = charge.optional('amount_money');
    const appliedMinor = moneyOrZero(charge.optional('applied_money'), currency);
    return {
      chargeId: ids[i] ?? '',
      name: nameOf(charge, 'Service charge'),
      ...percentageOf(charge),
      ...(amount && { amountMinor: money(amount, currency) }),
      taxable: charge.optional('taxable')?.value === true,
      appliedMinor,
      ...chargeTaxes(charge, appliedMinor, inclusive, currency),
    };
  });
}

function chargeTaxes(
  charge: JsonNode,
  appliedMinor: number,
  inclusive: ReadonlySet<unknown>,
  currency: string,
): Pick<AppliedCharge, 'taxMinor' | 'inclusiveTaxMinor'> {
  const total = charge.optional('total_money');
  const allTaxMinor = moneyOrZero(charge.optional('total_tax_money'), currency);
  const listedMinor = inclusiveTaxOf(charge, inclusive, currency);
  const taxMinor = total ? money(total, currency) - appliedMinor : allTaxMinor - listedMinor;
  if (taxMinor < 0) {
    const expected = total ? `at least ${appliedMinor}` : `at least ${listedMinor}`;
    throw charge.at(total ? 'total_money' : 'total_tax_money').unexpected(expected);
  }
  // Without a list of taxes, the part of the tax that is not on top is contained in the charge.
  const isListed = charge.optional('applied_taxes') !== undefined;
  const inclusiveTaxMinor = isListed ? listedMinor : Math.max(0, allTaxMinor - taxMinor);
  return { taxMinor, ...(inclusiveTaxMinor > 0 && { inclusiveTaxMinor }) };
}
