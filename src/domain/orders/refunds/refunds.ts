import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { CommandContext } from '../../kernel/decider.ts';
import { derivedId } from '../../kernel/derived-id.ts';
import { DomainError } from '../../kernel/errors.ts';
import { addMinor } from '../../kernel/money.ts';
import { assertCurrency, assertMinimum, assertText, commonData } from '../checks.ts';
import type { RefundOrder } from '../commands.ts';
import type { OrderRefunded, OrderStatusChanged } from '../events.ts';
import { goodsLeftMinor, netPaidMinor, type OpenOrder, refundedMinor } from '../state.ts';
import { accountCustomerOf, destinations } from './destinations.ts';
import { exceedsRemaining, type RefundedLine, refundLines, roundingLeftMinor } from './lines.ts';
import { taxesIn } from './taxes.ts';

interface Parts {
  readonly lines: RefundedLine[];
  readonly amountMinor: number;
  readonly tipMinor: number;
  readonly roundingMinor: number;
}

/**
 * Refunds money, never more than what remains of the line, of the order and of what was paid (O5).
 * Once all of the order's total is refunded the order is REFUNDED, in the same decision.
 * @throws NotFoundError line_not_found.
 * @throws DomainError refund_exceeds_remaining, refund_exceeds_tender, total_mismatch,
 *   duplicate_line, currency_mismatch, amount_out_of_range, invalid_request.
 */
export function refundOrder(
  data: RefundOrder['data'],
  order: OpenOrder,
  context: CommandContext,
): (OrderRefunded | OrderStatusChanged)[] {
  assertText(data.reason, 'reason');
  assertCurrency(data.currency, order);
  const { lines, amountMinor, tipMinor, roundingMinor } = partsOf(data, order);
  const totalMinor = addMinor(amountMinor, tipMinor);
  const paidMinor = netPaidMinor(order);
  if (totalMinor > paidMinor) throw exceedsRemaining('what was paid', totalMinor, paidMinor);
  if (totalMinor === 0) throw exceedsRemaining('nothing', totalMinor, paidMinor);
  const { cash, card, account } = destinations(data, order, totalMinor);
  const customerId = accountCustomerOf(order) ?? order.customerId;
  const refunded: OrderRefunded = {
    type: 'OrderRefunded',
    data: {
      ...commonData(order, context),
      refundId: derivedId(context),
      reason: data.reason,
      lines,
      amountMinor,
      tipMinor,
      roundingMinor,
      ...taxesIn(order, { lines, amountMinor }),
      toCashMinor: cash,
      toCardMinor: card,
      toAccountMinor: account,
      remainingMinor: paidMinor - totalMinor,
      ...omitUndefined({ customerId, drawerId: data.drawerId }),
    },
  };
  if (refundedMinor(order) + totalMinor < order.totals.totalMinor) return [refunded];
  const { orderId, status: from } = order;
  const { businessDay } = context;
  return [
    refunded,
    { type: 'OrderStatusChanged', data: { orderId, businessDay, from, to: 'REFUNDED' } },
  ];
}

function partsOf(data: RefundOrder['data'], order: OpenOrder): Parts {
  const { lines: inputs = [], amountMinor, tipMinor } = data;
  if (amountMinor !== undefined) assertMinimum(amountMinor, 0, 'amountMinor');
  if (tipMinor !== undefined) assertMinimum(tipMinor, 0, 'tipMinor');
  const tipLeft = order.totals.tipMinor - order.refundedTipMinor;
  const goodsLeft = goodsLeftMinor(order);
  if (inputs.length === 0 && amountMinor === undefined && tipMinor === undefined) {
    const goods = Math.min(goodsLeft, netPaidMinor(order));
    const rest = { amountMinor: goods, tipMinor: netPaidMinor(order) - goods };
    return { lines: [], ...rest, roundingMinor: roundingIn(goods, order) };
  }
  const { lines, roundingMinor } = refundLines(inputs, order, goodsLeft);
  const ofLines = addMinor(roundingMinor, ...lines.map((line) => line.amountMinor));
  if (inputs.length > 0 && amountMinor !== undefined && amountMinor !== ofLines) {
    throw new DomainError(
      'total_mismatch',
      `expected amountMinor to be the sum of the lines and their rounding, ${ofLines}, found ${amountMinor}`,
      { field: 'amountMinor', expected: ofLines, found: amountMinor },
    );
  }
  const goods = amountMinor ?? ofLines;
  const rounding = inputs.length > 0 ? roundingMinor : roundingIn(goods, order);
  const parts = { lines, amountMinor: goods, tipMinor: tipMinor ?? 0, roundingMinor: rounding };
  if (parts.amountMinor > goodsLeft) {
    throw exceedsRemaining('the order', parts.amountMinor, goodsLeft);
  }
  if (parts.tipMinor > tipLeft) throw exceedsRemaining('the tip', parts.tipMinor, tipLeft);
  return parts;
}

/** An amount without lines takes the rounding with the last of the goods. */
function roundingIn(amountMinor: number, order: OpenOrder): number {
  return amountMinor > 0 && amountMinor === goodsLeftMinor(order) ? roundingLeftMinor(order) : 0;
}
