/** The rules of orders, for those who give commands. */
export { orderDecider } from '../../domain/orders/index.ts';
export type { OrderCommand, OrderEvent, OrderState } from '../../domain/orders/index.ts';
