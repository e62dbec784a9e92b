import { DomainError } from '../../kernel/errors.ts';
import { addMinor, mulDiv } from '../../kernel/money.ts';
import { formatQuantity, parseQuantity, storedQuantity } from '../../kernel/quantity.ts';
import { lineOf } from '../amendments.ts';
import { assertAtMost, assertMinimum, invalid } from '../checks.ts';
import type { RefundLineInput } from '../commands.ts';
import { MAX_LINES, type OrderRefunded, type PricedLine } from '../events.ts';
import type { Order } from '../state.ts';
import { assertUniqueLines } from '../order-input.ts';

export type RefundedLine = OrderRefunded['data']['lines'][number];

/** More was to go back than there is. `what` says of what. */
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

/**
 * What goes back of each line named.
 *
 * @param goodsMinor what remains of the whole order, without tip. Where cash rounding took a few
 *   cents off the total, the lines are worth that much more than was paid: the last lines
 *   returned by quantity take the difference, so that everything can be returned.
 * @throws NotFoundError line_not_found.
 * @throws DomainError refund_exceeds_remaining, duplicate_line, amount_out_of_range,
 *   invalid_request.
 */
export function refundLines(
  inputs: readonly RefundLineInput[],
  order: Order,
  goodsMinor: number,
): RefundedLine[] {
  assertAtMost(inputs, MAX_LINES, 'lines');
  assertUniqueLines(inputs.map(({ lineId }) => lineId));
  const lines = inputs.map((input) => refundLine(input, order));
  const excess = addMinor(...lines.map(({ amountMinor }) => amountMinor)) - goodsMinor;
  if (excess <= 0 || excess > -order.totals.roundingMinor) return lines;
  return shave(lines, excess);
}

function shave(lines: readonly RefundedLine[], excessMinor: number): RefundedLine[] {
  let left = excessMinor;
  return lines
    .toReversed()
    .map((line) => {
      const less = line.quantity === undefined ? 0 : Math.min(left, line.amountMinor);
      left -= less;
      return { ...line, amountMinor: line.amountMinor - less };
    })
    .toReversed();
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
 * The share of some units: the difference of what all units returned so far are worth with and
 * without them, each rounded down. The last unit takes what remains, so that all units together
 * are worth the line's total to the cent.
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
