import type { CommandContext, Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { unreachable } from '../kernel/invariant.ts';
import { beginCharge, commonData, recordOutcome, requestPayment } from './charging.ts';
import { type PaymentCommand, paymentCommands } from './commands.ts';
import type { PaymentEvent } from './events.ts';
import { evolvePayment } from './evolve.ts';
import { receivePayment, recordRefundedTotal } from './received.ts';
import { recordRefundOutcome, requestRefund } from './refunds.ts';
import { initialPaymentState, type Payment, type PaymentState } from './state.ts';

/**
 * Decides a command to a payment.
 * @throws NotFoundError payment_not_found, refund_not_found.
 * @throws DomainError payment_exists, and the errors of each command's function.
 */
export function decidePayment(
  command: PaymentCommand,
  state: PaymentState,
  context: CommandContext,
): readonly PaymentEvent[] {
  const paymentId = context.entityId;
  if (command.type === 'RequestPayment') {
    if (state.status === 'none') return requestPayment(command.data, context);
    throw new DomainError('payment_exists', `payment ${paymentId} exists already`, { paymentId });
  }
  if (command.type === 'ReceivePayment') {
    return state.status === 'none' ? receivePayment(command.data, context) : [];
  }
  if (state.status === 'none') {
    throw new NotFoundError('payment_not_found', `there is no payment ${paymentId}`, { paymentId });
  }
  switch (command.type) {
    case 'BeginCharge':
      return beginCharge(state, context);
    case 'RecordOutcome':
      return recordOutcome(command.data, state, context);
    case 'RecordApplication':
      return recordApplication(command.data.appliedMinor, state, context);
    case 'RequestRefund':
      return requestRefund(command.data, state, context);
    case 'RecordRefundedTotal':
      return recordRefundedTotal(command.data, state, context);
    case 'RecordRefundOutcome':
      return recordRefundOutcome(command.data, state, context);
    default:
      return unreachable(command);
  }
}

/**
 * What is charged beyond what the order took is excess, visible and refundable. The first
 * application stands.
 * @throws DomainError payment_not_charged, total_mismatch.
 */
function recordApplication(
  appliedMinor: number,
  payment: Payment,
  context: CommandContext,
): PaymentEvent[] {
  const { status, chargedMinor, paymentId } = payment;
  if (status !== 'succeeded') {
    throw new DomainError(
      'payment_not_charged',
      `expected payment ${paymentId} to be charged, found ${status}`,
      { paymentId, status },
    );
  }
  if (payment.appliedMinor !== undefined) return [];
  if (appliedMinor > chargedMinor) {
    throw new DomainError(
      'total_mismatch',
      `expected at most ${chargedMinor} applied, found ${appliedMinor}`,
      { expected: chargedMinor, found: appliedMinor },
    );
  }
  const excess = chargedMinor - appliedMinor;
  const data = { ...commonData(payment, context), appliedMinor, excessMinor: excess };
  return [{ type: 'PaymentApplied', data }];
}

/** One payment through a provider: charged at most once, whatever happens on the way (P2). */
export const paymentDecider: Decider<PaymentState, PaymentCommand, PaymentEvent> = {
  category: 'payment',
  version: 2,
  initialState: initialPaymentState,
  commands: paymentCommands,
  decide: decidePayment,
  evolve: evolvePayment,
};
