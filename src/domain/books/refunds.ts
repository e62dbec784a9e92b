import { omitUndefined } from '../../lib/omit-undefined.ts';
import { allocate } from '../kernel/money.ts';
import type { Order, OrderEvent, OrderRefunded } from '../orders/index.ts';
import type { BooksDocument, BooksLine, Translation } from './document.ts';
import { sumOfLines } from './document.ts';
import { type BooksMapping, createLookup, type TargetLookup } from './mapping.ts';
import { commonRoles, mismatch, noteOf, obstacleOf, parked } from './receipts.ts';
import { lineOf } from './sums.ts';

type Refund = OrderRefunded['data'];

/** A refund of an order, with the number that it has in the books for ever. */
export interface BookedRefund {
  /** The order as it is now; of its prices, those of its sale count. */
  readonly order: Order;
  readonly refund: Refund;
  readonly number: string;
}

/** Whether all of it went to the account, or nothing did: then it is one document. */
export const isOneWay = ({ toCashMinor, toCardMinor, toAccountMinor }: Refund): boolean =>
  toAccountMinor === 0 || toCashMinor + toCardMinor === 0;

/** The refunds among the events of an order. */
export const refundsIn = (events: readonly OrderEvent[]): Refund[] =>
  events.flatMap((event) => (event.type === 'OrderRefunded' ? [event.data] : []));

/** The refund of that id among the events of an order. */
export const refundOf = (events: readonly OrderEvent[], refundId: string): Refund | undefined =>
  events.find((event) => event.type === 'OrderRefunded' && event.data.refundId === refundId)
    ?.data as Refund | undefined;

/**
 * What a refund becomes in the books, on its own day: the goods that came back, or a share of all
 * goods where none are named, with the taxes, rounding and tip in it. Its sum is what was refunded.
 */
export function translateRefund(
  { order, refund, number }: BookedRefund,
  mapping: BooksMapping,
): Translation {
  const lookup = createLookup(mapping);
  const obstacle = obstacleOf(order.currency, lookup);
  if (obstacle) return obstacle;
  const { amountMinor, tipMinor, toAccountMinor, reason, refundId, businessDay: day } = refund;
  const isCredit = toAccountMinor > 0;
  if (!isOneWay(refund)) {
    const text = `Of ${amountMinor + tipMinor}, ${toAccountMinor} went back to the account of the customer: book a credit memo for it, and the rest as a refund.`;
    return parked('refund_to_account', text, lookup);
  }
  const lines = linesOf(order, refund, lookup);
  const [expectedMinor, foundMinor] = [amountMinor + tipMinor, sumOfLines(lines)];
  if (foundMinor !== expectedMinor) return mismatch(expectedMinor, foundMinor, lookup);
  const { depositAccountId, ...roles } = commonRoles(lookup);
  const customerId = customerOf(refund.customerId ?? order.customerId, lookup);
  if (isCredit && customerId === undefined) {
    const text = 'A credit memo needs a customer: map the customer, or the role customer.';
    return parked('customer_not_mapped', text, lookup);
  }
  if (!isCredit && depositAccountId === undefined) {
    const text = 'A refund needs the account that the money leaves: map the role deposit_account.';
    return parked('deposit_account_not_mapped', text, lookup);
  }
  const document: BooksDocument = {
    ...{ kind: isCredit ? 'credit-memo' : 'refund-receipt', number, day, lines },
    ...{ currency: order.currency, discountMinor: 0 },
    ...{ totalMinor: foundMinor, taxCode: lookup.role('tax_code') ?? 'NON' },
    note: `Refund ${refundId}: ${reason}. ${noteOf(order)}`.slice(0, 4_000),
    ...omitUndefined({ customerId, depositAccountId: isCredit ? undefined : depositAccountId }),
    ...roles,
  };
  return { outcome: 'document', document, unmapped: lookup.unmapped };
}

function customerOf(customerId: string | undefined, lookup: TargetLookup): string | undefined {
  const own = customerId && lookup.own('customer', customerId, customerId);
  return own ?? lookup.role('customer');
}

interface Share {
  readonly itemId: string;
  readonly description: string;
  readonly weight: number;
}

function linesOf(order: Order, refund: Refund, lookup: TargetLookup): BooksLine[] {
  const { amountMinor, tipMinor, roundingMinor } = refund;
  const taxMinor = (refund.taxMinor ?? 0) + (refund.inclusiveTaxMinor ?? 0);
  const goodsMinor = amountMinor - roundingMinor - taxMinor;
  const shares = sharesOf(order, refund, lookup);
  const weights = shares.map(({ weight }) => weight);
  const amounts = allocate(goodsMinor, weights);
  const goods = shares.map(({ itemId, description }, i) => ({
    ...{ itemId, description, amountMinor: amounts[i] ?? 0 },
  }));
  return [
    ...goods.filter((line) => line.amountMinor !== 0),
    ...lineOf('Sales tax', taxMinor, () => lookup.itemOfRole('tax')),
    ...lineOf('Tip', tipMinor, () => lookup.itemOfRole('tip')),
    ...lineOf('Rounding', roundingMinor, () => lookup.itemOfRole('rounding')),
  ];
}

/** What came back, or all that was sold with its service charges. */
function sharesOf(order: Order, { lines }: Refund, lookup: TargetLookup): Share[] {
  const itemOf = (productId: string | undefined, name: string) =>
    lookup.item('product', productId ?? name, name);
  if (lines.length > 0) {
    return lines.map(({ lineId, amountMinor }) => {
      const line = order.lines.find((each) => each.lineId === lineId);
      const name = line?.name ?? lineId;
      return { itemId: itemOf(line?.productId, name), description: name, weight: amountMinor };
    });
  }
  const goods = order.lines.map(({ productId, name, grossMinor, discountMinor, ...line }) => ({
    ...{ itemId: itemOf(productId, name), description: name },
    weight: grossMinor - discountMinor - line.inclusiveTaxMinor,
  }));
  const charges = order.serviceCharges.map(({ name, appliedMinor, inclusiveTaxMinor = 0 }) => ({
    itemId: lookup.item('service_charge', name, name, 'service_charge'),
    ...{ description: name, weight: appliedMinor - inclusiveTaxMinor },
  }));
  const shares = [...goods, ...charges].filter(({ weight }) => weight > 0);
  if (shares.length > 0) return shares;
  return [{ itemId: lookup.role('item') ?? '', description: 'Refund', weight: 1 }];
}
