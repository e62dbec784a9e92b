import { omitUndefined } from '../../lib/omit-undefined.ts';
import { invariant, unreachable } from '../kernel/invariant.ts';
import type { PaymentEvent, PaymentReceived, PaymentRefunded, PaymentRequested } from './events.ts';
import { excessMinor, type Payment, type PaymentState, refundableMinor } from './state.ts';

/**
 * The payment after an event.
 * @throws InvariantError when more would go back than was charged, or an event does not fit.
 */
export function evolvePayment(state: PaymentState, event: PaymentEvent): PaymentState {
  if (event.type === 'PaymentRequested') return requested(state, event.data);
  if (event.type === 'PaymentReceived') return received(state, event.data);
  invariant(state.status !== 'none', 'a payment to be requested first', { type: event.type });
  const after = changed(state, event);
  const found = { refundableMinor: refundableMinor(after), excessMinor: excessMinor(after) };
  invariant(found.refundableMinor >= 0, 'no more to go back than was charged', found);
  invariant(found.excessMinor >= 0, 'no more to be applied than was charged', found);
  return after;
}

function requested(state: PaymentState, data: PaymentRequested['data']): Payment {
  invariant(state.status === 'none', 'a payment to be requested once', { id: data.paymentId });
  const { businessDay: requestedOn, customerId, drawerId, sourceId, ...fields } = data;
  return {
    status: 'pending',
    next: 'charge',
    ...fields,
    requestedOn,
    ...omitUndefined({ customerId, drawerId, sourceId }),
    attempts: 0,
    chargedMinor: 0,
    refundedMinor: 0,
    refundedExcessMinor: 0,
    refunds: [],
  };
}

/** It begins charged: there is nothing to send. */
function received(state: PaymentState, data: PaymentReceived['data']): Payment {
  invariant(state.status === 'none', 'a payment to be received once', { id: data.paymentId });
  const { businessDay: requestedOn, foundBy: _found, chargedMinor, ...fields } = data;
  return {
    ...{ status: 'succeeded', next: 'none', ...fields, requestedOn },
    ...{ amountMinor: chargedMinor, tipMinor: 0, attempts: 0, chargedMinor },
    ...{ refundedMinor: 0, refundedExcessMinor: 0, refunds: [] },
  };
}

function changed(
  payment: Payment,
  event: Exclude<PaymentEvent, { type: 'PaymentRequested' | 'PaymentReceived' }>,
): Payment {
  switch (event.type) {
    case 'PaymentChargeAttempted':
      // From here on the provider may have been reached, whatever happens to this instance.
      return { ...payment, next: 'lookup', attempts: event.data.attempt };
    case 'PaymentChargeDeferred':
      return { ...payment, status: 'pending', next: 'charge', reason: event.data.reason };
    case 'PaymentOutcomeUnknown':
      return { ...payment, status: 'unknown', next: 'lookup', reason: event.data.reason };
    case 'PaymentAccepted': {
      const { transactionId } = event.data;
      return { ...payment, status: 'pending', next: 'lookup', transactionId };
    }
    case 'PaymentSucceeded': {
      const { transactionId, chargedMinor } = event.data;
      const { reason: _, ...rest } = payment;
      return { ...rest, status: 'succeeded', next: 'none', transactionId, chargedMinor };
    }
    case 'PaymentFailed':
      return { ...payment, status: 'failed', next: 'none', reason: event.data.reason };
    case 'PaymentApplied':
      return { ...payment, appliedMinor: event.data.appliedMinor };
    case 'PaymentRefundRequested': {
      const { refundId, amountMinor, ofExcessMinor, reason } = event.data;
      const refund = { refundId, amountMinor, ofExcessMinor, reason };
      return { ...payment, refunds: [...payment.refunds, refund] };
    }
    case 'PaymentRefunded':
      return refunded(payment, event.data);
    case 'PaymentRefundFailed':
      return withoutRefund(payment, event.data.refundId);
    default:
      return unreachable(event);
  }
}

function refunded(payment: Payment, data: PaymentRefunded['data']): Payment {
  const refundedMinor = payment.refundedMinor + data.amountMinor;
  invariant(refundedMinor === data.refundedMinor, 'a refund to leave the sum that it states', {
    stated: data.refundedMinor,
    found: refundedMinor,
  });
  const refundedExcessMinor = payment.refundedExcessMinor + data.ofExcessMinor;
  return { ...withoutRefund(payment, data.refundId), refundedMinor, refundedExcessMinor };
}

function withoutRefund(payment: Payment, refundId: string): Payment {
  const refunds = payment.refunds.filter((each) => each.refundId !== refundId);
  return { ...payment, refunds };
}
