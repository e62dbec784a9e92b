/** The rules of orders, for those who give commands. */
export {
  dueMinor,
  MAX_ADJUSTMENTS,
  MAX_LINES,
  MAX_MODIFIERS,
  ORDER_EVENT_TYPES,
  ORDER_SCHEMAS,
  ORDER_STATUSES,
  orderDecider,
  paidMinor,
  pendingMinor,
  PRIORITIES,
  refundedMinor,
  TAX_KINDS,
} from '../../domain/orders/index.ts';
export type { Order, OrderCommand, OrderEvent, OrderState } from '../../domain/orders/index.ts';
export { PAYMENT_METHODS } from '../../domain/kernel/tender.ts';
