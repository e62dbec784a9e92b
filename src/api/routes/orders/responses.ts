import { InvariantError } from '../../../domain/kernel/errors.ts';
import {
  dueMinor,
  orderCommands,
  orderDecider,
  type OrderEvent,
  type OrderState,
  paidMinor,
  pendingMinor,
  refundedMinor,
} from '../../../domain/orders/index.ts';
import type { CommandResult } from '../../../engine/commands/command-engine.ts';
import { commandRoutes } from '../../command.ts';
import { writtenAt } from '../../responses.ts';
import { OrderResponse } from './schemas.ts';

export type OrderResult = CommandResult<OrderState, OrderEvent>;

/** The order right after a command. Nothing here comes from a read model (K3). */
export function orderResponse(result: OrderResult) {
  const { state } = result;
  if (state.status === 'none') throw new InvariantError('an order after its command');
  const { orderId, status, currency, customerId, placedOn, totals } = state;
  return {
    orderId,
    status,
    currency,
    ...(customerId !== undefined && { customerId }),
    businessDay: placedOn,
    lines: [...state.lines],
    discounts: [...state.discounts],
    taxes: [...state.taxes],
    serviceCharges: [...state.serviceCharges],
    totals,
    paidMinor: paidMinor(state),
    dueMinor: dueMinor(state),
    pendingMinor: pendingMinor(state),
    refundedMinor: refundedMinor(state),
    ...writtenAt(result),
  };
}

/** Operations that run a command of one order. */
export const orderCommand = commandRoutes({
  tag: 'Orders',
  decider: orderDecider,
  commands: orderCommands,
  id: 'orderId',
  response: OrderResponse,
  respond: orderResponse,
});
