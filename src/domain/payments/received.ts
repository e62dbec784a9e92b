import type { CommandContext } from '../kernel/decider.ts';
import { ConflictError } from '../kernel/errors.ts';
import { assertWithinMaximum, exponentOf } from '../kernel/money.ts';
import { commonData } from './charging.ts';
import type { ReceivePayment, RecordRefundedTotal } from './commands.ts';
import type { PaymentEvent, PaymentReceived } from './events.ts';
import { excessMinor, type Payment } from './state.ts';

/** @throws DomainError unknown_currency, amount_out_of_range. */
export function receivePayment(
  data: ReceivePayment['data'],
  { entityId: paymentId, businessDay }: CommandContext,
): PaymentReceived[] {
  exponentOf(data.currency);
  assertWithinMaximum(data.chargedMinor);
  return [{ type: 'PaymentReceived', data: { paymentId, businessDay, ...data } }];
}

/**
 * Records what went back at the provider and is not known here. A refund that the shop asked
 * for may be a part of it, and the order has to have taken the payment: until then, nothing is
 * decided.
 * @throws ConflictError payment_in_progress, which is no decision.
 */
export function recordRefundedTotal(
  { refundedMinor: found, reason }: RecordRefundedTotal['data'],
  payment: Payment,
  context: CommandContext,
): PaymentEvent[] {
  const { paymentId, chargedMinor, refunds, appliedMinor, status } = payment;
  const refundedMinor = Math.min(found, chargedMinor);
  const amountMinor = refundedMinor - payment.refundedMinor;
  if (amountMinor <= 0) return [];
  if (status !== 'succeeded' || refunds.length > 0 || appliedMinor === undefined) {
    const message = `expected payment ${paymentId} to be applied, without refunds on their way`;
    throw new ConflictError('payment_in_progress', message, { paymentId });
  }
  const refundId = `${paymentId.slice(0, 150)}:at-provider-${refundedMinor}`;
  const ofExcessMinor = Math.min(excessMinor(payment), amountMinor);
  const transactionId = payment.transactionId ?? paymentId;
  const data = { refundId, amountMinor, ofExcessMinor, refundedMinor, transactionId, reason };
  return [{ type: 'PaymentRefunded', data: { ...commonData(payment, context), ...data } }];
}
