import type { OrderStatus } from './events.ts';
import type { ClosedStatus, OpenStatus, Order } from './state.ts';

/**
 * All transitions (O2). CANCELLED is reached by CancelOrder only, REFUNDED by RefundOrder
 * only. An imported order can be paid in full and still be PENDING at its provider, so a refund can
 * close an order from any status that is not final.
 */
const NEXT: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  PENDING: [
    'PROCESSING',
    'PAYMENT_PENDING',
    'PAYMENT_FAILED',
    'CONFIRMED',
    'CANCELLED',
    'REFUNDED',
  ],
  PROCESSING: ['PAYMENT_PENDING', 'PAYMENT_FAILED', 'CONFIRMED', 'CANCELLED', 'REFUNDED'],
  PAYMENT_PENDING: ['PAYMENT_FAILED', 'CONFIRMED', 'CANCELLED', 'REFUNDED'],
  PAYMENT_FAILED: ['PAYMENT_PENDING', 'CONFIRMED', 'CANCELLED', 'REFUNDED'],
  CONFIRMED: ['SHIPPED', 'DELIVERED', 'CANCELLED', 'REFUNDED'],
  SHIPPED: ['DELIVERED', 'REFUNDED'],
  DELIVERED: ['REFUNDED'],
  CANCELLED: [],
  REFUNDED: [],
};

/**
 * The order of the statuses. A failed payment ranks as a pending one: it can be tried again.
 */
const RANK: Readonly<Record<OpenStatus, number>> = {
  PENDING: 0,
  PROCESSING: 1,
  PAYMENT_PENDING: 2,
  PAYMENT_FAILED: 2,
  CONFIRMED: 3,
  SHIPPED: 4,
  DELIVERED: 5,
};

export function isClosed(status: OrderStatus): status is ClosedStatus {
  return status === 'CANCELLED' || status === 'REFUNDED';
}

/** Whether one status may follow another. */
export function canTransition(from: OrderStatus, to: OrderStatus): boolean {
  return NEXT[from].includes(to);
}

/** Whether the order awaits payment; once nothing is due it is confirmed. */
export function awaitsPayment(status: OrderStatus): boolean {
  return !isClosed(status) && RANK[status] < RANK.CONFIRMED;
}

/** Whether the order is at that status or has passed it, also when it was closed later. */
export function isAtOrPast(order: Order, reported: OrderStatus): boolean {
  if (reported === order.status) return true;
  if (isClosed(reported)) return false;
  const furthest = 'closedFrom' in order ? order.closedFrom : order.status;
  return RANK[reported] <= RANK[furthest];
}
