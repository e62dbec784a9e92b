import { type Fields, fieldsOf, listOf, textOf } from '../shared/fields.ts';

interface Line {
  readonly line: Fields;
  readonly grossMinor: number;
  readonly variationMinor: number;
  readonly modifiers: readonly Fields[];
  discountMinor: number;
  taxMinor: number;
}

/** The prices of an order: line by line, then discounts, then taxes on what is left. */
export function withTotals(order: Fields, currency: string, newId: () => string): Fields {
  const money = (amount: number) => ({ amount, currency });
  const lines = listOf(order['line_items']).map(priced);
  const discounts = appliedDiscounts(order, lines);
  const taxes = listOf(order['taxes']).map((tax) => ({ tax, minor: taxed(tax, lines) }));
  const sum = (part: (line: Line) => number) => lines.reduce((all, line) => all + part(line), 0);
  const discountMinor = sum((line) => line.discountMinor);
  const taxMinor = sum((line) => line.taxMinor);
  const totalMinor = sum((line) => line.grossMinor) - discountMinor + taxMinor;
  const amounts = { total_money: money(totalMinor), tax_money: money(taxMinor) };
  return {
    ...order,
    line_items: lines.map((line) => lineOf(line, money, newId)),
    ...(discounts.length > 0 && {
      discounts: discounts.map(({ discount, minor }) => ({
        ...{ uid: newId(), type: isPercentage(discount) ? 'FIXED_PERCENTAGE' : 'FIXED_AMOUNT' },
        ...discount,
        applied_money: money(minor),
      })),
    }),
    ...(taxes.length > 0 && {
      taxes: taxes.map(({ tax, minor }) => ({
        ...{ uid: newId(), type: 'ADDITIVE', scope: 'ORDER' },
        ...tax,
        applied_money: money(minor),
      })),
    }),
    net_amounts: {
      ...amounts,
      discount_money: money(discountMinor),
      tip_money: money(0),
      service_charge_money: money(0),
    },
    total_money: money(totalMinor),
    total_tax_money: money(taxMinor),
    total_discount_money: money(discountMinor),
    total_tip_money: money(0),
    total_service_charge_money: money(0),
    net_amount_due_money: money(totalMinor),
  };
}

const amountOf = (money: unknown) => Number(fieldsOf(money)['amount'] ?? 0);
const isPercentage = (discount: Fields) => textOf(discount['percentage']) !== undefined;

function priced(line: Fields): Line {
  const quantity = Number(line['quantity']);
  const times = (amount: number) => bankersRound(amount * quantity);
  const modifiers = listOf(line['modifiers']).map((modifier) => ({
    ...modifier,
    totalMinor: times(amountOf(modifier['base_price_money'])),
  }));
  const variationMinor = times(amountOf(line['base_price_money']));
  const grossMinor = modifiers.reduce((sum, { totalMinor }) => sum + totalMinor, variationMinor);
  return { ...{ line, grossMinor, variationMinor, modifiers }, discountMinor: 0, taxMinor: 0 };
}

/** Percentages of the order first, the smaller one before the larger, each on what is left. */
function appliedDiscounts(order: Fields, lines: readonly Line[]) {
  const all = listOf(order['discounts']);
  const ofOrder = all
    .filter((each) => isPercentage(each) && each['scope'] !== 'LINE_ITEM')
    .sort((a, b) => Number(a['percentage']) - Number(b['percentage']));
  const others = all.filter((each) => !ofOrder.includes(each));
  return [...ofOrder, ...others].map((discount) => {
    const targets = discount['scope'] === 'LINE_ITEM' ? withUid(lines, discount) : lines;
    const left = targets.map((line) => line.grossMinor - line.discountMinor);
    const leftMinor = left.reduce((sum, each) => sum + each, 0);
    const share = Number(discount['percentage'] ?? 0) / 100;
    const whole = isPercentage(discount)
      ? bankersRound(leftMinor * share)
      : Math.min(leftMinor, amountOf(discount['amount_money']));
    let restMinor = whole;
    targets.forEach((line, index) => {
      const part =
        index === targets.length - 1
          ? restMinor
          : bankersRound((whole * (left[index] ?? 0)) / Math.max(1, leftMinor));
      line.discountMinor += part;
      restMinor -= part;
    });
    return { discount, minor: whole };
  });
}

const withUid = (lines: readonly Line[], discount: Fields) =>
  lines.filter(({ line }) =>
    listOf(line['applied_discounts']).some((each) => each['discount_uid'] === discount['uid']),
  );

function taxed(tax: Fields, lines: readonly Line[]): number {
  const share = Number(tax['percentage'] ?? 0) / 100;
  return lines.reduce((sum, line) => {
    const minor = bankersRound((line.grossMinor - line.discountMinor) * share);
    line.taxMinor += minor;
    return sum + minor;
  }, 0);
}

function lineOf(line: Line, money: (amount: number) => Fields, newId: () => string): Fields {
  const { grossMinor, discountMinor, taxMinor, variationMinor, modifiers } = line;
  return {
    ...{ uid: newId(), item_type: 'ITEM' },
    ...line.line,
    ...(modifiers.length > 0 && {
      modifiers: modifiers.map(({ totalMinor, ...modifier }) => ({
        uid: newId(),
        ...modifier,
        total_price_money: money(Number(totalMinor)),
      })),
    }),
    variation_total_price_money: money(variationMinor),
    gross_sales_money: money(grossMinor),
    total_tax_money: money(taxMinor),
    total_discount_money: money(discountMinor),
    total_money: money(grossMinor - discountMinor + taxMinor),
    total_service_charge_money: money(0),
  };
}

/** Half goes to the even neighbour. */
function bankersRound(value: number): number {
  const near = Math.round(value * 1e6) / 1e6;
  const floor = Math.floor(near);
  if (near - floor !== 0.5) return Math.round(near);
  return floor % 2 === 0 ? floor : floor + 1;
}
