import { omitUndefined } from '../../lib/omit-undefined.ts';
import { exponentOf, isCurrency } from '../kernel/money.ts';
import { dueMinor, type Order, type OrderSource, pendingMinor } from '../orders/index.ts';
import { type BooksDocument, type Parked, sumOfLines, type Translation } from './document.ts';
import { goodsLines } from './goods.ts';
import { type BooksMapping, createLookup, type TargetLookup } from './mapping.ts';
import { sumLines } from './sums.ts';

/** Amounts of the books have two decimals at most. */
const MAX_EXPONENT = 2;
const MAX_NOTE = 4_000;
export const SOLD_STATUSES: readonly string[] = ['CONFIRMED', 'SHIPPED', 'DELIVERED', 'REFUNDED'];

/** The order whose sale is booked, with the number that it has in the books for ever. */
export interface Sale {
  readonly order: Order;
  readonly number: string;
}

/** Whether an order is a sale that is paid in full, be it on account. */
export const isSold = (order: Order): boolean =>
  SOLD_STATUSES.includes(order.status) && dueMinor(order) === 0 && pendingMinor(order) === 0;

/**
 * What a sale becomes in the books: lines of goods, modifiers, service charges, taxes, tip and
 * rounding, less one discount. Nothing is computed again; the sum of it is the order's total, or
 * the order is parked with both sums.
 */
export function translateSale({ order, number }: Sale, mapping: BooksMapping): Translation {
  const lookup = createLookup(mapping);
  if (!isSold(order)) {
    const reason = `The order is ${order.status}, and ${dueMinor(order)} of it is due.`;
    return parked('order_not_complete', reason, lookup);
  }
  const lines = [...goodsLines(order.lines, mapping, lookup), ...sumLines(order, lookup)];
  const { discountMinor, totalMinor } = order.totals;
  const foundMinor = sumOfLines(lines) - discountMinor;
  const parties = partiesOf(order, lookup);
  // Only now, so that the worklist has all of it.
  const obstacle = obstacleOf(order.currency, lookup);
  if (obstacle) return obstacle;
  const document: BooksDocument = {
    ...parties,
    ...{ number, day: order.placedOn, currency: order.currency, lines, discountMinor },
    ...{ totalMinor: foundMinor, taxCode: lookup.role('tax_code') ?? 'NON', note: noteOf(order) },
    ...commonRoles(lookup),
  };
  if (foundMinor !== totalMinor) return mismatch(totalMinor, foundMinor, lookup);
  if (document.kind === 'invoice' && document.customerId === undefined) {
    const reason = 'A sale on account needs a customer: map the customer, or the role customer.';
    return parked('customer_not_mapped', reason, lookup);
  }
  return { outcome: 'document', document, unmapped: lookup.unmapped };
}

/** Why nothing of the shop can be posted. */
export function obstacleOf(currency: string, lookup: TargetLookup): Parked | undefined {
  if (lookup.role('item') === undefined) {
    return parked('books_not_set_up', 'The role item, the fallback, has no target.', lookup);
  }
  if (isCurrency(currency) && exponentOf(currency) <= MAX_EXPONENT) return undefined;
  const reason = `Amounts in ${currency} have more decimals than the books.`;
  return parked('currency_not_supported', reason, lookup);
}

export const parked = (code: Parked['code'], reason: string, lookup: TargetLookup): Parked => ({
  ...{ outcome: 'parked', code, reason, unmapped: lookup.unmapped },
});

export function mismatch(expectedMinor: number, foundMinor: number, lookup: TargetLookup): Parked {
  const reason = `The order comes to ${expectedMinor}, and its receipt to ${foundMinor}.`;
  return { ...parked('total_mismatch', reason, lookup), expectedMinor, foundMinor };
}

/** Roles that a document has as a whole, where they have a target. */
export const commonRoles = (lookup: TargetLookup) =>
  omitUndefined({
    discountAccountId: lookup.role('discount_account'),
    depositAccountId: lookup.role('deposit_account'),
    departmentId: lookup.role('department'),
    classId: lookup.role('class'),
  });

/** Who owes it, or how it was paid. */
function partiesOf(order: Order, lookup: TargetLookup) {
  const charge = order.charges.find(({ outcome }) => outcome === 'confirmed');
  const payer = charge?.customerId ?? order.customerId;
  const own = payer === undefined ? undefined : lookup.own('customer', payer, payer);
  const customer = omitUndefined({ customerId: own ?? lookup.role('customer') });
  if (charge) {
    const depositMinor = order.paid.cash + order.paid.card;
    return { kind: 'invoice', ...customer, ...(depositMinor > 0 && { depositMinor }) } as const;
  }
  const methods = [...new Set(order.payments.filter(isMoney).map(({ method }) => method))];
  const [method] = methods;
  const one = method === undefined ? undefined : lookup.own('payment_method', method, method);
  const paymentMethodId = methods.length > 1 ? lookup.role('mixed_payment') : one;
  return { kind: 'sales-receipt', ...customer, ...omitUndefined({ paymentMethodId }) } as const;
}

const isMoney = ({ amountMinor, tipMinor }: Order['payments'][number]) =>
  amountMinor + tipMinor > 0;

/** Both ids can be searched for; the tenders are for people. */
export function noteOf({ orderId, source, payments, charges }: Order): string {
  const tenders = [
    ...payments
      .filter(isMoney)
      .map(({ method, amountMinor, tipMinor }) => `${method} ${amountMinor + tipMinor}`),
    ...charges
      .filter(({ outcome }) => outcome === 'confirmed')
      .map(({ amountMinor }) => `on_account ${amountMinor}`),
  ];
  const paid = tenders.length > 0 ? ` Paid: ${tenders.join(', ')} (minor units).` : '';
  return `${sourceText(source)}tillstream:order=${orderId}.${paid}`.slice(0, MAX_NOTE);
}

const sourceText = (source: OrderSource | undefined) =>
  source ? `Square Order ID: ${source.id} square:order=${source.id} ` : '';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const NUMBER_LENGTH = 17;

/** What the number of a document begins with. */
export type NumberPrefix = 'SQ-' | 'TS-' | 'SQR-' | 'TSR-' | 'SQC-' | 'TSC-';

/**
 * The number of a document in the books: ids of orders are longer than the 21 characters that
 * providers take. `SQ-` is a sale that came from Square, `TS-` another one; `SQR-` and `TSR-` are
 * refunds, `SQC-` and `TSC-` corrections.
 * @param sha256 of the id of the order or refund at its source, as hex.
 */
export function documentNumber(prefix: NumberPrefix, sha256: string): string {
  const bits = BigInt(`0x${sha256}`);
  const digits = Array.from({ length: NUMBER_LENGTH }, (_, i) => {
    const shift = BigInt(256 - 5 * (i + 1));
    return BASE32[Number((bits >> shift) & 31n)] ?? '';
  });
  return `${prefix}${digits.join('')}`;
}
