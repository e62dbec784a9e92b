import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { derivedId } from '../kernel/derived-id.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { addMinor } from '../kernel/money.ts';
import { groupOf } from '../kernel/tender.ts';
import { assertCurrency, assertMinimum, assertText, commonData, invalid } from './checks.ts';
import type { AdjustTip } from './commands.ts';
import type { OrderStatusChanged, OrderTipAdjusted } from './events.ts';
import { totalsWith } from './payments.ts';
import {
  dueMinor,
  netPaidMinor,
  type OpenOrder,
  type Order,
  type OrderPayment,
  paidMinor,
  refundedMinor,
} from './state.ts';

/** The error of a payment whose tip is not decided here. */
export function tipNotAdjustable(paymentId: string, because: string): DomainError {
  return new DomainError(
    'tip_not_adjustable',
    `expected payment ${paymentId} to have a tip that can be changed, found one ${because}`,
    { paymentId },
  );
}

/**
 * Changes the tip of a payment after it was taken (P3): the total and what is paid change by the
 * same amount, so what is due stays. Cash that was handed over covers the new tip: the change
 * becomes less, or more was handed over. A tip that was the last money left closes the order, as
 * its refund would.
 * @throws NotFoundError payment_not_found.
 * @throws DomainError tip_not_adjustable, tip_below_refunded, currency_mismatch,
 *   amount_out_of_range, invalid_request (a lower tip without a reason).
 */
export function adjustTip(
  data: AdjustTip['data'],
  order: OpenOrder,
  context: CommandContext,
): (OrderTipAdjusted | OrderStatusChanged)[] {
  const { paymentId, tipMinor, currency, reason } = data;
  assertMinimum(tipMinor, 0, 'tipMinor');
  assertText(reason, 'reason');
  assertCurrency(currency, order);
  const payment = adjustable(paymentId, order);
  if (tipMinor < payment.tipMinor && reason === undefined) throw invalid('reason', 'given', reason);
  const adjusted = withTip(data, payment, order, context);
  return [adjusted, ...closure(order, adjusted.data.totals.totalMinor, context)];
}

/**
 * The tip of a payment from now on, and with it the total.
 * @throws DomainError tip_below_refunded, amount_out_of_range.
 */
export function withTip(
  { tipMinor, reason, ...data }: Pick<AdjustTip['data'], 'tipMinor' | 'reason' | 'drawerId'>,
  payment: OrderPayment,
  order: Order,
  context: CommandContext,
): OrderTipAdjusted {
  const addedMinor = tipMinor - payment.tipMinor;
  assertNotRefunded(tipMinor, payment, order);
  const drawerId = data.drawerId ?? payment.drawerId;
  const { customerId } = order;
  return {
    type: 'OrderTipAdjusted',
    data: {
      ...commonData(order, context),
      adjustmentId: derivedId(context),
      paymentId: payment.paymentId,
      method: payment.method,
      previousTipMinor: payment.tipMinor,
      tipMinor,
      tipAddedMinor: addedMinor,
      ...cashOf(payment, tipMinor),
      paidMinor: addMinor(paidMinor(order), addedMinor),
      dueMinor: dueMinor(order),
      totals: totalsWith(order.totals, addedMinor, 0),
      ...omitUndefined({ reason, drawerId, customerId }),
    },
  };
}

function adjustable(paymentId: string, order: OpenOrder): OrderPayment {
  if (order.pricing === 'given') throw tipNotAdjustable(paymentId, 'of an imported order');
  const payment = order.payments.find((each) => each.paymentId === paymentId);
  if (payment) return payment;
  if (order.charges.some(({ chargeId }) => chargeId === paymentId)) {
    throw tipNotAdjustable(paymentId, 'charged to an account');
  }
  const { orderId } = order;
  throw new NotFoundError('payment_not_found', `order ${orderId} has no payment ${paymentId}`, {
    orderId,
    paymentId,
  });
}

/** What was refunded came out of what was paid, by tender and of the tips: both must cover it. */
function assertNotRefunded(tipMinor: number, payment: OrderPayment, order: Order): void {
  const group = groupOf(payment.method);
  const freeMinor = Math.min(
    order.totals.tipMinor - order.refundedTipMinor,
    order.paid[group] - order.refunded[group],
    netPaidMinor(order),
  );
  const minimum = Math.max(0, payment.tipMinor - Math.max(0, freeMinor));
  if (tipMinor >= minimum) return;
  throw new DomainError(
    'tip_below_refunded',
    `expected a tip of at least ${minimum}, found ${tipMinor}`,
    { paymentId: payment.paymentId, minimum, found: tipMinor },
  );
}

function cashOf({ amountMinor, tenderedMinor }: OrderPayment, tipMinor: number) {
  if (tenderedMinor === undefined) return { changeMinor: 0 };
  const takenMinor = addMinor(amountMinor, tipMinor);
  const handedMinor = Math.max(tenderedMinor, takenMinor);
  return { tenderedMinor: handedMinor, changeMinor: handedMinor - takenMinor };
}

function closure(
  order: OpenOrder,
  totalMinor: number,
  { businessDay }: CommandContext,
): OrderStatusChanged[] {
  const backMinor = refundedMinor(order);
  if (backMinor === 0 || backMinor < totalMinor) return [];
  const { orderId, status: from } = order;
  return [{ type: 'OrderStatusChanged', data: { orderId, businessDay, from, to: 'REFUNDED' } }];
}
