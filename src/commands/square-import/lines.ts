import { mulDiv } from '../../domain/kernel/money.ts';
import { QUANTITY_SCALE, storedQuantity } from '../../domain/kernel/quantity.ts';
import { MAX_NAME_LENGTH, MAX_NOTE_LENGTH } from '../../domain/kernel/schema.ts';
import type { PricedLine, PricedModifier } from '../../domain/orders/index.ts';
import { inclusiveTaxOf, type LineNode } from './adjustments.ts';
import { idsOf } from './ids.ts';
import type { JsonNode } from './json-node.ts';
import { money, moneyOrZero } from './money.ts';

/** An amount keyed in at the till has no name at Square. */
const UNNAMED_LINE = 'Custom amount';

/** @throws UnexpectedJsonError for an order without lines. */
export function lineNodesOf(order: JsonNode): LineNode[] {
  const nodes = order.at('line_items').items();
  if (nodes.length === 0) throw order.at('line_items').unexpected('at least one line');
  const ids = idsOf(nodes, 'line');
  return nodes.map((node, i) => ({ node, lineId: ids[i] ?? '' }));
}

/** A line of the order with the amounts that Square computed. */
export function lineOf(
  { node, lineId }: LineNode,
  inclusive: ReadonlySet<unknown>,
  currency: string,
): PricedLine {
  const productId = node.optional('catalog_object_id')?.id();
  const variation = node.optional('variation_name')?.label(MAX_NAME_LENGTH);
  const note = node.optional('note')?.label(MAX_NOTE_LENGTH);
  const quantity = node.at('quantity').text();
  const scaled = storedQuantity(quantity);
  if (scaled === undefined) {
    throw node.at('quantity').unexpected('a quantity of up to 12 characters and 5 decimals');
  }
  const amounts = amountsOf(node, inclusive, currency);
  const isVoid = scaled === 0n;
  if (isVoid && Object.values(amounts).some((amountMinor) => amountMinor !== 0)) {
    throw node.at('quantity').unexpected('a quantity above 0, because the line has amounts');
  }
  return {
    lineId,
    ...(productId !== undefined && { productId }),
    name: node.optional('name')?.label(MAX_NAME_LENGTH) ?? UNNAMED_LINE,
    ...(variation !== undefined && { variation }),
    quantity: isVoid ? '0' : quantity,
    unitPriceMinor: unitPriceOf(node, scaled, currency),
    modifiers: node
      .at('modifiers')
      .items()
      .map((modifier) => modifierOf(modifier, currency)),
    ...(note !== undefined && { note }),
    ...amounts,
    // Square keeps such a line until the order is completed. Here that is a void line.
    ...(isVoid && { voided: true as const }),
  };
}

/** Square documents that the base price can be missing. The line's own total then gives it. */
function unitPriceOf(line: JsonNode, quantity: bigint, currency: string): number {
  const price = line.optional('base_price_money');
  if (price) return money(price, currency);
  const total = line.optional('variation_total_price_money') ?? line.optional('gross_sales_money');
  if (!total || quantity === 0n) return 0;
  return mulDiv(money(total, currency), QUANTITY_SCALE, quantity, 'half-even');
}

/**
 * An order here counts inclusive tax within gross. Square does so in some countries and deducts it
 * from gross in others. The line's own total, which is copied, shows which of the two applies.
 */
function amountsOf(line: JsonNode, inclusive: ReadonlySet<unknown>, currency: string) {
  const amount = (name: string) => moneyOrZero(line.optional(name), currency);
  const givenGrossMinor = money(line.at('gross_sales_money'), currency);
  const discountMinor = amount('total_discount_money');
  const inclusiveTaxMinor = inclusiveTaxOf(line, inclusive, currency);
  const taxMinor = amount('total_tax_money') - inclusiveTaxMinor;
  if (taxMinor < 0) {
    throw line
      .at('total_tax_money')
      .unexpected(`at least the ${inclusiveTaxMinor} of inclusive tax in applied_taxes`);
  }
  // A charge apportioned to the line is counted once, among the service charges.
  const chargeMinor = amount('total_service_charge_money');
  const totalMinor = money(line.at('total_money'), currency) - chargeMinor;
  if (totalMinor < 0) {
    throw line.at('total_money').unexpected(`at least the ${chargeMinor} of its service charges`);
  }
  const deducted = totalMinor === givenGrossMinor + inclusiveTaxMinor - discountMinor + taxMinor;
  const grossMinor = deducted ? givenGrossMinor + inclusiveTaxMinor : givenGrossMinor;
  return { grossMinor, discountMinor, taxMinor, inclusiveTaxMinor, totalMinor };
}

function modifierOf(modifier: JsonNode, currency: string): PricedModifier {
  const modifierId = modifier.optional('catalog_object_id')?.id();
  const quantity = modifier.optional('quantity');
  return {
    ...(modifierId !== undefined && { modifierId }),
    name: modifier.optional('name')?.label(MAX_NAME_LENGTH) ?? 'Modifier',
    quantity: quantity ? wholeNumber(quantity) : 1,
    unitPriceMinor: moneyOrZero(modifier.optional('base_price_money'), currency),
    totalMinor: moneyOrZero(modifier.optional('total_price_money'), currency),
  };
}

/** Square documents a modifier's quantity as a text of 0 or more. */
function wholeNumber(node: JsonNode): number {
  if (!/^\d{1,6}(\.0+)?$/.test(node.text())) {
    throw node.unexpected('a whole number of 0 or more, as text');
  }
  return Number(node.text());
}
