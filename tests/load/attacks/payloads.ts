const LINES = 500;
const MODIFIERS = 3;
const ADJUSTMENTS = 40;
const MAX_NAME_LENGTH = 512;
const CURRENCY = 'USD';

const name = (length: number) => 'n'.repeat(Math.max(1, Math.min(MAX_NAME_LENGTH, length)));
const lineIds = Array.from({ length: LINES }, (_, i) => `line-${i + 1}`);

/**
 * An order of about so many bytes that costs much to price: the most lines, and discounts and taxes
 * that name each of them.
 */
export function largeOrder(bytes: number): Buffer {
  const orderWith = (nameLength: number) => ({
    currency: CURRENCY,
    lines: lineIds.map((lineId, i) => ({
      lineId,
      name: name(nameLength),
      quantity: '1.5',
      unitPriceMinor: 1_000 + i,
      modifiers: Array.from({ length: MODIFIERS }, () => ({
        name: name(nameLength),
        unitPriceMinor: 25,
      })),
    })),
    discounts: Array.from({ length: ADJUSTMENTS }, (_, i) => ({
      discountId: `discount-${i}`,
      name: 'A discount',
      percentage: '0.5',
      lineIds,
    })),
    taxes: Array.from({ length: ADJUSTMENTS }, (_, i) => ({
      taxId: `tax-${i}`,
      name: 'A tax',
      percentage: '0.25',
      kind: 'exclusive',
      lineIds,
    })),
  });
  const shortest = JSON.stringify(orderWith(1)).length;
  const nameLength = 1 + Math.floor((bytes - shortest) / (LINES * (1 + MODIFIERS)));
  return Buffer.from(JSON.stringify(orderWith(nameLength)));
}

export const smallOrder = JSON.stringify({
  currency: CURRENCY,
  lines: [
    { name: 'Coffee', quantity: '2', unitPriceMinor: 350 },
    { name: 'Croissant', quantity: '1', unitPriceMinor: 280 },
  ],
});

const money = (amount: number) => ({ amount, currency: CURRENCY });

function squareOrder(id: string, lines: number): string {
  return JSON.stringify({
    id,
    version: 1,
    state: 'OPEN',
    created_at: '2026-01-17T20:47:53.293Z',
    line_items: Array.from({ length: lines }, (_, i) => ({
      uid: `line-${i}`,
      name: 'An article with a name of some length',
      quantity: '1',
      base_price_money: money(100),
      gross_sales_money: money(100),
      total_money: money(100),
    })),
    total_money: money(100 * lines),
  });
}

/** Orders of Square with `lines` lines each, of at most so many bytes, none of them known yet. */
export function squareOrders(prefix: string, lines: number, bytes: number, most: number): Buffer {
  const each = squareOrder(`${prefix}-000000`, lines);
  const count = Math.min(most, Math.floor((bytes - 20) / (each.length + 1)));
  const orders = Array.from({ length: count }, (_, i) =>
    squareOrder(`${prefix}-${String(i).padStart(6, '0')}`, lines),
  );
  return Buffer.from(`{"orders":[${orders.join(',')}]}`);
}
