import type { CommandContext, Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { unreachable } from '../kernel/invariant.ts';
import {
  confirmAccountCharge,
  rejectAccountCharge,
  requestAccountCharge,
} from './account-charges.ts';
import { compOrder, voidLine } from './amendments.ts';
import { type CatalogueFacts, NO_CATALOGUE } from './catalogue-lines.ts';
import { assertOpen } from './checks.ts';
import { type OrderCommand, orderCommands } from './commands.ts';
import type { OrderEvent } from './events.ts';
import { evolveOrder } from './evolve.ts';
import { followProvider } from './follow-provider.ts';
import { importOrder } from './import-order.ts';
import { applyPayment, recordPayment } from './payments.ts';
import { placeOrder } from './place-order.ts';
import { refundOrder } from './refunds/refunds.ts';
import { initialOrderState, type OrderState } from './state.ts';
import { cancelOrder, reportStatus } from './status.ts';
import { adjustTip } from './tips.ts';

/**
 * Decides a command to an order.
 * @throws NotFoundError order_not_found, line_not_found, product_not_found.
 * @throws DomainError order_exists, order_closed, and the errors of each command's function.
 */
export function decideOrder(
  command: OrderCommand,
  state: OrderState,
  context: CommandContext,
  catalogue: CatalogueFacts = NO_CATALOGUE,
): readonly OrderEvent[] {
  const orderId = context.entityId;
  if (command.type === 'PlaceOrder' || command.type === 'ImportOrder') {
    if (state.status !== 'none') {
      throw new DomainError('order_exists', `order ${orderId} exists already`, { orderId });
    }
    return command.type === 'PlaceOrder'
      ? placeOrder(command.data, context, catalogue)
      : importOrder(command.data, context);
  }
  if (state.status === 'none') {
    throw new NotFoundError('order_not_found', `there is no order ${orderId}`, { orderId });
  }
  switch (command.type) {
    case 'FollowProvider':
      return followProvider(command.data, state, context);
    case 'ReportStatus':
      return reportStatus(command.data, state, context);
    case 'ConfirmAccountCharge':
      return confirmAccountCharge(command.data, state, context);
    case 'RejectAccountCharge':
      return rejectAccountCharge(command.data, state, context);
    default:
      assertOpen(state);
  }
  switch (command.type) {
    case 'CancelOrder':
      return cancelOrder(command.data, state, context);
    case 'RecordPayment':
      return recordPayment(command.data, state, context);
    case 'ApplyPayment':
      return applyPayment(command.data, state, context);
    case 'AdjustTip':
      return adjustTip(command.data, state, context);
    case 'RequestAccountCharge':
      return requestAccountCharge(command.data, state, context);
    case 'VoidLine':
      return voidLine(command.data, state, context);
    case 'CompOrder':
      return compOrder(command.data, state, context);
    case 'RefundOrder':
      return refundOrder(command.data, state, context);
    default:
      return unreachable(command);
  }
}

/** One order: its lines, payments and status. */
export const orderDecider: Decider<OrderState, OrderCommand, OrderEvent> = {
  category: 'order',
  version: 6,
  initialState: initialOrderState,
  commands: orderCommands,
  decide: (command, state, context) => decideOrder(command, state, context),
  evolve: evolveOrder,
};

/**
 * The same rules, with what an order takes from the catalogue. These facts are no part of the
 * command, which a repeat must equal: a repeated order keeps the prices of its first time.
 */
export function orderDeciderWith(catalogue: CatalogueFacts): typeof orderDecider {
  return {
    ...orderDecider,
    decide: (command, state, context) => decideOrder(command, state, context, catalogue),
  };
}
