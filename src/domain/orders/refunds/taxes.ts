import { addMinor, mulDiv } from '../../kernel/money.ts';
import { goodsLeftMinor, type Order } from '../state.ts';
import type { RefundedLine } from './lines.ts';

export interface RefundedTaxes {
  /** Exclusive tax, of service charges too. */
  readonly taxMinor: number;
  readonly inclusiveTaxMinor: number;
}

interface Refund {
  readonly lines: readonly RefundedLine[];
  /** Without the tip. */
  readonly amountMinor: number;
}

/**
 * The taxes in a refund: those of its lines by what comes back of each, or its share of what is
 * left of the order's. What takes all goods that are left takes all
 * taxes that are left, so that in the end the taxes of the refunds sum to those of the order.
 */
export function taxesIn(order: Order, refund: Refund): RefundedTaxes {
  const { totals, refundedTaxMinor, refundedInclusiveTaxMinor } = order;
  return {
    taxMinor: share(order, refund, 'taxMinor', totals.taxMinor - refundedTaxMinor),
    inclusiveTaxMinor: share(
      order,
      refund,
      'inclusiveTaxMinor',
      totals.inclusiveTaxMinor - refundedInclusiveTaxMinor,
    ),
  };
}

function share(
  order: Order,
  { lines, amountMinor }: Refund,
  tax: keyof RefundedTaxes,
  leftMinor: number,
): number {
  const goodsMinor = goodsLeftMinor(order);
  if (amountMinor >= goodsMinor) return amountMinor === 0 ? 0 : leftMinor;
  if (lines.length === 0) {
    return mulDiv(leftMinor, BigInt(amountMinor), BigInt(goodsMinor), 'half-even');
  }
  const ofLines = lines.map((line) => shareOfLine(order, line, tax));
  return Math.min(leftMinor, addMinor(...ofLines));
}

/** The difference of the shares before and after, so that they sum to the tax of the line. */
function shareOfLine(
  order: Order,
  { lineId, amountMinor }: RefundedLine,
  tax: keyof RefundedTaxes,
): number {
  const line = order.lines.find((each) => each.lineId === lineId);
  if (!line || line.totalMinor === 0) return 0;
  const before = order.lineRefunds.find((each) => each.lineId === lineId)?.amountMinor ?? 0;
  const upTo = (refundedMinor: number) =>
    mulDiv(line[tax], BigInt(refundedMinor), BigInt(line.totalMinor), 'down');
  return upTo(before + amountMinor) - upTo(before);
}
