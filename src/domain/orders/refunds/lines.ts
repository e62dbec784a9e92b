import { DomainError } from '../../kernel/errors.ts';
import { addMinor, mulDiv } from '../../kernel/money.ts';
import {
  addQuantities,
  formatQuantity,
  parseQuantity,
  storedQuantity,
} from '../../kernel/quantity.ts';
import { lineOf } from '../amendments.ts';
import { assertAtMost, assertMinimum, invalid } from '../checks.ts';
import type { RefundLineInput } from '../commands.ts';
import { MAX_LINES, type OrderRefunded, type PricedLine } from '../events.ts';
import { assertUniqueLines } from '../order-input.ts';
import type { Order } from '../state.ts';

export type RefundedLine = OrderRefunded['data']['lines'][number];

/** The error of a refund of more than remains of `what`. */
export function exceedsRemaining(
  what: string,
  requested: number | string,
  remaining: number | string,
): DomainError {
  return new DomainError(
    'refund_exceeds_remaining',
    `expected at most ${remaining} of ${what}, found ${requested}`,
    { of: what, remaining, requested },
  );
}

export interface RefundedLines {
  readonly lines: RefundedLine[];
  /** The part of the order's cash rounding that is refunded with them; may be negative. */
  readonly roundingMinor: number;
}

/**
 * What is refunded of each named line. The return that takes the last goods takes the cash rounding
 * of the order with it, so that all returns together are worth what was paid. An amount that a
 * person names for a line stays as it is.
 *
 * @param goodsMinor what remains of the whole order, without tip.
 * @throws NotFoundError line_not_found.
 * @throws DomainError refund_exceeds_remaining, duplicate_line, amount_out_of_range,
 *   invalid_request.
 */
export function refundLines(
  inputs: readonly RefundLineInput[],
  order: Order,
  goodsMinor: number,
): RefundedLines {
  assertAtMost(inputs, MAX_LINES, 'lines');
  assertUniqueLines(inputs.map(({ lineId }) => lineId));
  const lines = inputs.map((input) => refundLine(input, order));
  const byQuantity = inputs.every(({ amountMinor }) => amountMinor === undefined);
  const roundingMinor = byQuantity ? roundingWith(lines, order, goodsMinor) : 0;
  return { lines, roundingMinor };
}

/** Cash rounding that no refund has taken yet. */
export function roundingLeftMinor({ totals, refundedRoundingMinor }: Order): number {
  return totals.roundingMinor - refundedRoundingMinor;
}

function roundingWith(lines: readonly RefundedLine[], order: Order, goodsMinor: number): number {
  if (lines.length === 0) return 0;
  const left = roundingLeftMinor(order);
  const sum = addMinor(...lines.map(({ amountMinor }) => amountMinor));
  if (left > 0) return takesLast(lines, order) ? Math.min(left, Math.max(0, goodsMinor - sum)) : 0;
  if (takesLast(lines, order)) return Math.max(left, -sum);
  // Less was paid than these lines are worth: they take as much of the rounding as that.
  const excess = sum - goodsMinor;
  return excess > 0 && excess <= -left ? -excess : 0;
}

/** Whether these lines return the last of the goods. */
function takesLast(lines: readonly RefundedLine[], order: Order): boolean {
  return order.lines.every(({ lineId, quantity, totalMinor }) => {
    const before = order.lineRefunds.find((each) => each.lineId === lineId);
    const now = lines.find((each) => each.lineId === lineId);
    const amountMinor = (before?.amountMinor ?? 0) + (now?.amountMinor ?? 0);
    const returned = addQuantities(before?.quantity ?? '0', now?.quantity ?? '0');
    return amountMinor >= totalMinor || storedQuantity(returned) === storedQuantity(quantity);
  });
}

function refundLine(input: RefundLineInput, order: Order): RefundedLine {
  const { lineId, quantity, amountMinor } = input;
  const line = lineOf(order, lineId);
  const before = order.lineRefunds.find((each) => each.lineId === lineId);
  const remainingMinor = line.totalMinor - (before?.amountMinor ?? 0);
  if (amountMinor !== undefined) {
    if (quantity !== undefined) throw invalid(`${lineId}.amountMinor`, 'absent with a quantity', 0);
    assertMinimum(amountMinor, 1, 'amountMinor');
    if (amountMinor > remainingMinor) throw exceedsRemaining(lineId, amountMinor, remainingMinor);
    return { lineId, amountMinor };
  }
  return byQuantity(line, quantity, before?.quantity ?? '0', remainingMinor);
}

/**
 * The share of some units: what all units returned so far are worth with them, less what they are
 * worth without them, each rounded down. The last unit takes what remains, so that all units
 * together are worth the line's total to the cent.
 */
function byQuantity(
  line: PricedLine,
  requested: string | undefined,
  returnedBefore: string,
  remainingMinor: number,
): RefundedLine {
  const { lineId, totalMinor } = line;
  const all = storedQuantity(line.quantity) ?? 0n;
  const before = storedQuantity(returnedBefore) ?? 0n;
  const quantity = requested === undefined ? all - before : parseQuantity(requested);
  if (quantity === 0n || before + quantity > all) {
    throw exceedsRemaining(lineId, formatQuantity(quantity), formatQuantity(all - before));
  }
  const after = before + quantity;
  const share = (units: bigint) => mulDiv(totalMinor, units, all, 'down');
  const amountMinor = after === all ? remainingMinor : share(after) - share(before);
  if (amountMinor > remainingMinor) throw exceedsRemaining(lineId, amountMinor, remainingMinor);
  return { lineId, quantity: formatQuantity(quantity), amountMinor };
}
