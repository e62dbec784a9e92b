import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import type {
  PaymentEvent,
  PaymentReceived,
  PaymentRequested,
} from '../../domain/payments/events.ts';
import { perEntity } from '../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import { MAX_LISTED_REFUNDS, type PaymentAttempt } from './document.ts';

/** One document per payment through a provider. */
export const paymentAttempts: Projection<PaymentAttempt, PaymentEvent | CommandRefused> = {
  name: 'payment-attempts',
  version: 2,
  collection: 'payment-attempts',
  indexes: [
    { name: 'by_time', fields: ['requestedAt'] },
    { name: 'by_order', fields: ['orderId', 'requestedAt'] },
    { name: 'by_status', fields: ['status', 'requestedAt'] },
  ],
  feed: 'money',
  ...perEntity('payment'),
  evolve(payment, event) {
    const { revision, recordedAt: updatedAt } = event;
    if (event.type === 'PaymentRequested') return requested(event.data, event);
    if (event.type === 'PaymentReceived') return received(event.data, event);
    if (!payment) return undefined;
    return { ...payment, revision, updatedAt, ...change(payment, event) };
  },
};

function requested(
  data: PaymentRequested['data'],
  { revision, recordedAt }: RecordedEvent,
): PaymentAttempt {
  const { businessDay: _day, sourceId: _source, customerId, drawerId, ...fields } = data;
  return {
    ...fields,
    ...omitUndefined({ customerId, drawerId }),
    revision,
    status: 'pending',
    attempts: 0,
    chargedMinor: 0,
    excessMinor: 0,
    refundedMinor: 0,
    refunds: [],
    requestedAt: recordedAt,
    updatedAt: recordedAt,
  };
}

function received(
  { businessDay: _day, foundBy: _found, chargedMinor, ...fields }: PaymentReceived['data'],
  { revision, recordedAt }: RecordedEvent,
): PaymentAttempt {
  return {
    ...{ ...fields, revision, status: 'succeeded', attempts: 0, reason: 'charged' },
    ...{ amountMinor: chargedMinor, tipMinor: 0, chargedMinor, excessMinor: 0 },
    ...{ refundedMinor: 0, refunds: [], requestedAt: recordedAt, updatedAt: recordedAt },
  };
}

function change(
  payment: PaymentAttempt,
  event: RecordedEvent & (PaymentEvent | CommandRefused),
): Partial<PaymentAttempt> {
  switch (event.type) {
    case 'PaymentChargeAttempted':
      return { attempts: event.data.attempt };
    case 'PaymentChargeDeferred':
      return { status: 'pending', reason: event.data.reason };
    case 'PaymentOutcomeUnknown':
      return { status: 'unknown', reason: event.data.reason };
    case 'PaymentAccepted':
      return { status: 'pending', transactionId: event.data.transactionId };
    case 'PaymentSucceeded': {
      const { transactionId, chargedMinor } = event.data;
      return { status: 'succeeded', reason: 'charged', transactionId, chargedMinor };
    }
    case 'PaymentFailed':
      return { status: 'failed', reason: event.data.reason };
    case 'PaymentApplied': {
      const { appliedMinor, excessMinor } = event.data;
      return { appliedMinor, excessMinor };
    }
    case 'PaymentRefundRequested': {
      const { refundId, amountMinor, reason, ofExcessMinor } = event.data;
      const refund = { refundId, status: 'pending', amountMinor, reason } as const;
      const refunds = [...payment.refunds, refund].slice(-MAX_LISTED_REFUNDS);
      return { refunds, excessMinor: payment.excessMinor - ofExcessMinor };
    }
    case 'PaymentRefunded': {
      const { refundId, refundedMinor } = event.data;
      return { refundedMinor, refunds: settled(payment, refundId, 'refunded') };
    }
    case 'PaymentRefundFailed': {
      const { refundId, ofExcessMinor } = event.data;
      const excessMinor = payment.excessMinor + ofExcessMinor;
      return { excessMinor, refunds: settled(payment, refundId, 'failed') };
    }
    default:
      return {};
  }
}

function settled(
  { refunds }: PaymentAttempt,
  refundId: string,
  status: 'refunded' | 'failed',
): PaymentAttempt['refunds'] {
  return refunds.map((each) => (each.refundId === refundId ? { ...each, status } : each));
}
