import type {
  AppliedCharge,
  AppliedDiscount,
  AppliedTax,
  PricedLine,
  PricedModifier,
} from '../../domain/orders/index.ts';
import type { JsonNode } from './json-node.ts';
import { money, moneyOrZero } from './money.ts';

/** Square knows amounts without a name, keyed in at the till. */
const UNNAMED_LINE = 'Custom amount';

const uidOf = (node: JsonNode, kind: string, i: number) =>
  node.optional('uid')?.text() ?? `${kind}-${i + 1}`;

const texts = <Name extends string>(name: Name, node: JsonNode | undefined) =>
  (node ? { [name]: node.text() } : {}) as { [K in Name]?: string };

/** The order's taxes, as they were applied. */
export function taxesOf(order: JsonNode, currency: string): AppliedTax[] {
  const lines = order.at('line_items').items();
  return order
    .at('taxes')
    .items()
    .map((tax, i) => {
      const taxId = uidOf(tax, 'tax', i);
      return {
        taxId,
        name: tax.optional('name')?.text() ?? 'Tax',
        percentage: tax.optional('percentage')?.text() ?? '0',
        kind: tax.optional('type')?.value === 'INCLUSIVE' ? 'inclusive' : 'exclusive',
        ...scopeOf(tax, taxId, lines, 'tax'),
        appliedMinor: moneyOrZero(tax.optional('applied_money'), currency),
      };
    });
}

/** The order's discounts, as they were applied. */
export function discountsOf(order: JsonNode, currency: string): AppliedDiscount[] {
  const lines = order.at('line_items').items();
  return order
    .at('discounts')
    .items()
    .map((discount, i) => {
      const discountId = uidOf(discount, 'discount', i);
      const amount = discount.optional('amount_money');
      return {
        discountId,
        name: discount.optional('name')?.text() ?? 'Discount',
        ...texts('percentage', discount.optional('percentage')),
        ...(amount && { amountMinor: money(amount, currency) }),
        ...scopeOf(discount, discountId, lines, 'discount'),
        appliedMinor: moneyOrZero(discount.optional('applied_money'), currency),
      };
    });
}

/** Which lines an adjustment of lines is for: those that say so. */
function scopeOf(
  adjustment: JsonNode,
  uid: string,
  lines: readonly JsonNode[],
  kind: 'tax' | 'discount',
): { lineIds?: string[] } {
  if (adjustment.optional('scope')?.value !== 'LINE_ITEM') return {};
  const list = kind === 'tax' ? 'applied_taxes' : 'applied_discounts';
  const lineIds = lines.flatMap((line, i) => {
    const applied = line.at(list).items();
    const isFor = applied.some((each) => each.optional(`${kind}_uid`)?.value === uid);
    return isFor ? [uidOf(line, 'line', i)] : [];
  });
  return lineIds.length > 0 ? { lineIds } : {};
}

/** The order's service charges. `taxMinor` is what is collected on top of the charge. */
export function chargesOf(order: JsonNode, currency: string): AppliedCharge[] {
  return order
    .at('service_charges')
    .items()
    .map((charge, i) => {
      const amount = charge.optional('amount_money');
      const total = charge.optional('total_money');
      const appliedMinor = moneyOrZero(charge.optional('applied_money'), currency);
      const taxMinor = total
        ? money(total, currency) - appliedMinor
        : moneyOrZero(charge.optional('total_tax_money'), currency);
      return {
        chargeId: uidOf(charge, 'charge', i),
        name: charge.optional('name')?.text() ?? 'Service charge',
        ...texts('percentage', charge.optional('percentage')),
        ...(amount && { amountMinor: money(amount, currency) }),
        taxable: charge.optional('taxable')?.value === true,
        appliedMinor,
        taxMinor,
      };
    });
}

/** The order's lines with the amounts that Square computed. */
export function linesOf(
  order: JsonNode,
  currency: string,
  taxes: readonly AppliedTax[],
): PricedLine[] {
  const inclusive = new Set(
    taxes.filter(({ kind }) => kind === 'inclusive').map(({ taxId }) => taxId),
  );
  return order
    .at('line_items')
    .items()
    .map((line, i) => ({
      lineId: uidOf(line, 'line', i),
      ...texts('productId', line.optional('catalog_object_id')),
      name: line.optional('name')?.text() ?? UNNAMED_LINE,
      ...texts('variation', line.optional('variation_name')),
      quantity: line.at('quantity').text(),
      unitPriceMinor: money(line.at('base_price_money'), currency),
      modifiers: line
        .at('modifiers')
        .items()
        .map((modifier) => modifierOf(modifier, currency)),
      ...texts('note', line.optional('note')),
      ...amountsOf(line, currency, inclusive),
    }));
}

/**
 * An order here counts inclusive tax within gross. Square does so in some countries and takes it
 * out of gross in others; which one it was shows in the line's own total, which stays as given.
 */
function amountsOf(line: JsonNode, currency: string, inclusive: ReadonlySet<string>) {
  const amount = (name: string) => moneyOrZero(line.optional(name), currency);
  const givenGrossMinor = money(line.at('gross_sales_money'), currency);
  const discountMinor = amount('total_discount_money');
  const inclusiveTaxMinor = line
    .at('applied_taxes')
    .items()
    .filter((tax) => inclusive.has(tax.at('tax_uid').text()))
    .reduce((sum, tax) => sum + moneyOrZero(tax.optional('applied_money'), currency), 0);
  const taxMinor = amount('total_tax_money') - inclusiveTaxMinor;
  // A charge apportioned to the line is told once, among the service charges.
  const totalMinor = money(line.at('total_money'), currency) - amount('total_service_charge_money');
  const takenOut = totalMinor === givenGrossMinor + inclusiveTaxMinor - discountMinor + taxMinor;
  const grossMinor = takenOut ? givenGrossMinor + inclusiveTaxMinor : givenGrossMinor;
  return { grossMinor, discountMinor, taxMinor, inclusiveTaxMinor, totalMinor };
}

function modifierOf(modifier: JsonNode, currency: string): PricedModifier {
  const quantity = modifier.optional('quantity');
  const price = modifier.optional('base_price_money');
  const total = modifier.optional('total_price_money');
  return {
    ...texts('modifierId', modifier.optional('catalog_object_id')),
    name: modifier.optional('name')?.text() ?? 'Modifier',
    quantity: quantity ? wholeNumber(quantity) : 1,
    unitPriceMinor: moneyOrZero(price, currency),
    totalMinor: moneyOrZero(total, currency),
  };
}

function wholeNumber(node: JsonNode): number {
  if (!/^[1-9]\d{0,5}(\.0+)?$/.test(node.text())) throw node.unexpected('a whole number as text');
  return Number(node.text());
}
