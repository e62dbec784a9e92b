import type { CommandContext } from '../kernel/decider.ts';
import { derivedId } from '../kernel/derived-id.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { commonData } from './charging.ts';
import type { RecordRefundOutcome, RequestRefund } from './commands.ts';
import type { PaymentEvent } from './events.ts';
import { excessMinor, type Payment, refundableMinor } from './state.ts';

/** Refunds of one payment that may be on their way at a time. */
export const MAX_PENDING_REFUNDS = 20;

/**
 * Requests a refund of what no order took first, then of what the order took. Nothing is sent yet.
 * @throws DomainError payment_not_charged, refund_exceeds_remaining, currency_mismatch,
 *   too_many_refunds, refund_at_provider.
 */
export function requestRefund(
  data: RequestRefund['data'],
  payment: Payment,
  context: CommandContext,
): PaymentEvent[] {
  const { currency, paymentId, status } = payment;
  if (status !== 'succeeded' || payment.appliedMinor === undefined) {
    throw new DomainError(
      'payment_not_charged',
      `expected payment ${paymentId} to be charged and applied, found ${status}`,
      { paymentId, status },
    );
  }
  if (payment.attempts === 0) {
    throw new DomainError(
      'refund_at_provider',
      `expected a payment that was charged from here, found one that was made at ${payment.provider}`,
      { paymentId, provider: payment.provider },
    );
  }
  if (data.currency !== currency) {
    throw new DomainError(
      'currency_mismatch',
      `expected currency ${currency}, found ${data.currency}`,
      { expected: currency, found: data.currency },
    );
  }
  if (payment.refunds.length >= MAX_PENDING_REFUNDS) {
    throw new DomainError(
      'too_many_refunds',
      `expected at most ${MAX_PENDING_REFUNDS} refunds on their way, found as many`,
      { paymentId, maximum: MAX_PENDING_REFUNDS },
    );
  }
  const remainingMinor = refundableMinor(payment);
  const { amountMinor = remainingMinor, reason } = data;
  if (amountMinor > remainingMinor || amountMinor === 0) {
    throw new DomainError(
      'refund_exceeds_remaining',
      `expected at most ${remainingMinor} of the payment, found ${amountMinor}`,
      { remainingMinor, requestedMinor: amountMinor },
    );
  }
  const ofExcessMinor = Math.min(excessMinor(payment), amountMinor);
  const refundId = derivedId(context);
  const common = commonData(payment, context);
  const refund = { refundId, amountMinor, ofExcessMinor, reason };
  return [{ type: 'PaymentRefundRequested', data: { ...common, ...refund } }];
}

/**
 * Records what the provider did with a refund. What is known already changes nothing.
 * @throws NotFoundError refund_not_found.
 */
export function recordRefundOutcome(
  { refundId, outcome }: RecordRefundOutcome['data'],
  payment: Payment,
  context: CommandContext,
): PaymentEvent[] {
  const refund = payment.refunds.find((each) => each.refundId === refundId);
  if (!refund) {
    throw new NotFoundError('refund_not_found', `there is no refund ${refundId} on its way`, {
      refundId,
    });
  }
  const common = commonData(payment, context);
  const { amountMinor, ofExcessMinor, reason } = refund;
  if (outcome.kind === 'failed') {
    const data = { ...common, refundId, amountMinor, ofExcessMinor, reason: outcome.reason };
    return [{ type: 'PaymentRefundFailed', data }];
  }
  const refundedMinor = payment.refundedMinor + amountMinor;
  const { transactionId } = outcome;
  const data = { refundId, amountMinor, ofExcessMinor, refundedMinor, transactionId, reason };
  return [{ type: 'PaymentRefunded', data: { ...common, ...data } }];
}
