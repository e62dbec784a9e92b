import type { CommandContext } from '../../kernel/decider.ts';
import { derivedId } from '../../kernel/derived-id.ts';
import { DomainError } from '../../kernel/errors.ts';
import { addMinor } from '../../kernel/money.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { assertCurrency, assertMinimum, assertText, commonData } from '../checks.ts';
import type { RefundOrder } from '../commands.ts';
import type { OrderRefunded, OrderStatusChanged } from '../events.ts';
import { accountCustomerOf, destinations } from './destinations.ts';
import { exceedsRemaining, refundLines, type RefundedLine } from './lines.ts';
import { netPaidMinor, refundedMinor, type OpenOrder } from '../state.ts';

interface Parts {
  readonly lines: RefundedLine[];
  readonly amountMinor: number;
  readonly tipMinor: number;
}

/**
 * Sends money back, never more than what remains of the line, of the order and of what was paid
 * (O5). Once all of the order's total went back the order is REFUNDED, in the same decision.
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
  const { lines, amountMinor, tipMinor } = partsOf(data, order);
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
      toCashMinor: cash,
      toCardMinor: card,
      toAccountMinor: account,
      remainingMinor: paidMinor - totalMinor,
      ...omitUndefined({ customerId }),
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
  const { totals, refundedTipMinor } = order;
  const tipLeft = totals.tipMinor - refundedTipMinor;
  const goodsLeft = totals.totalMinor - refundedMinor(order) - tipLeft;
  if (inputs.length === 0 && amountMinor === undefined && tipMinor === undefined) {
    const goods = Math.min(goodsLeft, netPaidMinor(order));
    return { lines: [], amountMinor: goods, tipMinor: netPaidMinor(order) - goods };
  }
  const lines = refundLines(inputs, order, goodsLeft);
  const ofLines = addMinor(...lines.map((line) => line.amountMinor));
  if (inputs.length > 0 && amountMinor !== undefined && amountMinor !== ofLines) {
    throw new DomainError(
      'total_mismatch',
      `expected amountMinor to be the sum of the lines, ${ofLines}, found ${amountMinor}`,
      { field: 'amountMinor', expected: ofLines, found: amountMinor },
    );
  }
  const parts = { lines, amountMinor: amountMinor ?? ofLines, tipMinor: tipMinor ?? 0 };
  if (parts.amountMinor > goodsLeft) {
    throw exceedsRemaining('the order', parts.amountMinor, goodsLeft);
  }
  if (parts.tipMinor > tipLeft) throw exceedsRemaining('the tip', parts.tipMinor, tipLeft);
  return parts;
}
