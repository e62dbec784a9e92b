import { type Fields, fieldsOf, listOf } from '../shared/fields.ts';

/** Amounts have two decimals at most. Undefined: it is no amount. */
export function centsOf(amount: unknown): number | undefined {
  if (typeof amount !== 'number' || !Number.isFinite(amount)) return undefined;
  const cents = Math.round(amount * 100);
  return cents / 100 === amount ? cents : undefined;
}

const ADDED: readonly unknown[] = ['SalesItemLineDetail', 'DepositLineDetail'];

/** What the lines of a receipt come to, with discount and tax. Undefined: a line does not fit. */
export function totalCents(receipt: Fields): number | undefined {
  let total = centsOf(fieldsOf(receipt['TxnTaxDetail'])['TotalTax'] ?? 0);
  for (const line of listOf(receipt['Line'])) {
    const cents = centsOf(line['Amount'] ?? 0);
    if (cents === undefined || total === undefined || !isProduct(line, cents)) return undefined;
    if (ADDED.includes(line['DetailType'])) total += cents;
    else if (line['DetailType'] === 'DiscountLineDetail') total -= cents;
  }
  return total;
}

/** An amount is quantity times price, where both are given. */
function isProduct(line: Fields, cents: number): boolean {
  const { Qty, UnitPrice } = fieldsOf(line['SalesItemLineDetail']);
  if (typeof Qty !== 'number' || typeof UnitPrice !== 'number') return true;
  return Math.round(Qty * UnitPrice * 100) === cents;
}

export const withSubTotal = (receipt: Fields): readonly Fields[] => {
  const lines = listOf(receipt['Line']).filter(
    (line) => line['DetailType'] !== 'SubTotalLineDetail',
  );
  const cents = lines
    .filter((line) => line['DetailType'] === 'SalesItemLineDetail')
    .reduce((sum, line) => sum + (centsOf(line['Amount']) ?? 0), 0);
  const numbered = lines.map((line, index) => ({
    ...{ Id: String(index + 1), LineNum: index + 1 },
    ...line,
  }));
  const subTotal = {
    Amount: cents / 100,
    DetailType: 'SubTotalLineDetail',
    SubTotalLineDetail: {},
  };
  return [...numbered, subTotal];
};
