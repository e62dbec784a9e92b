import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { DomainError } from '../kernel/errors.ts';
import { addMinor } from '../kernel/money.ts';
import { assertOpen, assertText, commonData, invalid } from './checks.ts';
import type { CancelOrder, ReportStatus } from './commands.ts';
import {
  NO_TOTALS,
  ORDER_STATUSES,
  type OrderCancelled,
  type OrderStatus,
  type OrderStatusChanged,
  type StaleStatusReported,
  type Totals,
} from './events.ts';
import { netPaidMinor, type OpenOrder, type Order, pendingMinor, refundedMinor } from './state.ts';
import { canTransition, isAtOrPast, isClosed } from './transitions.ts';

function illegal(
  { orderId, status: from }: Pick<Order, 'orderId' | 'status'>,
  to: OrderStatus,
): DomainError {
  return new DomainError(
    'illegal_transition',
    `expected a status that may follow ${from}, found ${to}`,
    { orderId, from, to },
  );
}

/**
 * Changes the status. A status that the order has reached or passed is only recorded (S16).
 * @throws DomainError illegal_transition, also for CANCELLED and REFUNDED, which have their own
 *   commands; order_closed when the order was closed before it reached that status;
 * invalid_request.
 */
export function reportStatus(
  data: ReportStatus['data'],
  order: Order,
  context: CommandContext,
): (OrderStatusChanged | StaleStatusReported)[] {
  const { status: to, reason, trackingNumber } = data;
  if (!ORDER_STATUSES.includes(to)) throw invalid('status', ORDER_STATUSES.join(', '), to);
  if (trackingNumber !== undefined && to !== 'SHIPPED') {
    throw invalid('trackingNumber', 'none with this status', to);
  }
  assertText(reason, 'reason');
  const { orderId, status: from } = order;
  const about = { orderId, businessDay: context.businessDay, ...omitUndefined({ reason }) };
  if (!isClosed(to) && canTransition(from, to)) {
    return [
      {
        type: 'OrderStatusChanged',
        data: { ...about, from, to, ...omitUndefined({ trackingNumber }) },
      },
    ];
  }
  if (isAtOrPast(order, to)) {
    return [{ type: 'StaleStatusReported', data: { ...about, reported: to, status: from } }];
  }
  if (isClosed(to)) throw illegal(order, to);
  assertOpen(order);
  throw illegal(order, to);
}

/**
 * Refused because money is in the order: it must be refunded before the order is cancelled.
 */
export function paidCancellation(
  orderId: string,
  from: OrderStatus,
  paidMinor: number,
  pendingMinor: number,
): DomainError {
  return new DomainError(
    'illegal_transition',
    `expected nothing paid or pending to cancel, found ${paidMinor} paid, ${pendingMinor} pending`,
    { orderId, from, to: 'CANCELLED', paidMinor, pendingMinor },
  );
}

/** What was paid and refunded, as a sale without discounts or charges. */
function refundedOf(order: Order): Totals {
  const { refundedTaxMinor, refundedInclusiveTaxMinor, refundedTipMinor } = order;
  const { refundedRoundingMinor } = order;
  const totalMinor = refundedMinor(order);
  const others = addMinor(refundedTaxMinor, refundedTipMinor, refundedRoundingMinor);
  return {
    ...NO_TOTALS,
    grossMinor: addMinor(totalMinor, -others),
    taxMinor: refundedTaxMinor,
    inclusiveTaxMinor: refundedInclusiveTaxMinor,
    tipMinor: refundedTipMinor,
    roundingMinor: refundedRoundingMinor,
    totalMinor,
  };
}

/**
 * Cancels an order of which nothing is paid, or all that was paid was refunded.
 * @throws DomainError illegal_transition, invalid_request.
 */
export function cancelOrder(
  data: CancelOrder['data'],
  order: OpenOrder,
  context: CommandContext,
): OrderCancelled[] {
  const { reason } = data;
  assertText(reason, 'reason');
  const { orderId, status: from, totals } = order;
  if (!canTransition(from, 'CANCELLED')) throw illegal(order, 'CANCELLED');
  if (netPaidMinor(order) > 0 || pendingMinor(order) > 0) {
    throw paidCancellation(orderId, from, netPaidMinor(order), pendingMinor(order));
  }
  const refunded = refundedOf(order);
  const cancelled = { ...commonData(order, context), from, reason, totals, refunded };
  return [{ type: 'OrderCancelled', data: cancelled }];
}
