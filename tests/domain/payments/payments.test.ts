import {
  type ChargeOutcome,
  paymentDecider,
  type PaymentEvent,
} from '../../../src/domain/payments/index.ts';
import { CONTEXT, given } from '../../support/decider.ts';

const common = {
  paymentId: CONTEXT.entityId,
  orderId: 'order-1',
  currency: 'EUR',
  businessDay: CONTEXT.businessDay,
};
const requested: PaymentEvent = {
  type: 'PaymentRequested',
  data: {
    ...common,
    provider: 'simulator',
    method: 'credit_card',
    amountMinor: 900,
    tipMinor: 100,
  },
};
const attempted = (attempt = 1): PaymentEvent => ({
  type: 'PaymentChargeAttempted',
  data: { ...common, attempt },
});
const unknown: PaymentEvent = {
  type: 'PaymentOutcomeUnknown',
  data: { ...common, attempt: 1, reason: 'upstream_timeout' },
};
const succeeded = (late = false): PaymentEvent => ({
  type: 'PaymentSucceeded',
  data: { ...common, transactionId: 'tx-1', chargedMinor: 1_000, foundBy: 'charge', late },
});
const failed: PaymentEvent = {
  type: 'PaymentFailed',
  data: { ...common, reason: 'expired_card', foundBy: 'charge' },
};
const applied = (appliedMinor: number): PaymentEvent => ({
  type: 'PaymentApplied',
  data: { ...common, appliedMinor, excessMinor: 1_000 - appliedMinor },
});
const charged = [requested, attempted(), succeeded()];

const begin = { type: 'BeginCharge', data: {} } as const;
const record = (outcome: ChargeOutcome) =>
  ({ type: 'RecordOutcome', data: { outcome, foundBy: 'charge' } }) as const;
const success = record({ kind: 'succeeded', transactionId: 'tx-1', chargedMinor: 1_000 });
const refund = (amountMinor?: number) =>
  ({
    type: 'RequestRefund',
    data: { reason: 'Cold', currency: 'EUR', ...(amountMinor !== undefined && { amountMinor }) },
  }) as const;

describe('a charge', () => {
  it('is recorded as attempted before it is sent', () => {
    given(paymentDecider, [requested]).when(begin).then([attempted()]);
  });

  it('is never granted while one may have reached the provider (S34)', () => {
    given(paymentDecider, [requested, attempted()]).when(begin).thenRefused('payment_in_progress');
    given(paymentDecider, [requested, attempted(), unknown])
      .when(begin)
      .thenRefused('payment_in_progress');
    given(paymentDecider, charged).when(begin).thenRefused('payment_in_progress');
  });

  it('is granted again once nothing was charged for certain', () => {
    const deferred: PaymentEvent = {
      type: 'PaymentChargeDeferred',
      data: { ...common, attempt: 1, reason: 'temporarily_unavailable' },
    };
    given(paymentDecider, [requested, attempted()])
      .when(record({ kind: 'deferred', reason: 'temporarily_unavailable' }))
      .then([deferred]);
    given(paymentDecider, [requested, attempted(), deferred])
      .when(begin)
      .then([attempted(2)]);
  });

  it('has one outcome: what comes again or is older changes nothing (S16)', () => {
    given(paymentDecider, [requested, attempted()]).when(success).then([succeeded()]);
    given(paymentDecider, charged).when(success).then([]);
    given(paymentDecider, charged)
      .when(record({ kind: 'failed', reason: 'expired_card' }))
      .then([]);
    given(paymentDecider, charged)
      .when(record({ kind: 'succeeded', transactionId: 'tx-2', chargedMinor: 1_000 }))
      .thenRefused('charge_differs');
  });

  it('that succeeds after it had failed is late, not lost', () => {
    given(paymentDecider, [requested, attempted(), failed])
      .when(success)
      .then([succeeded(true)]);
  });
});

describe('a refund', () => {
  it('takes what no order took first, and never more than is left', () => {
    const refundId = `${CONTEXT.entityId}:${CONTEXT.commandId}`;
    given(paymentDecider, [...charged, applied(700)])
      .when(refund(400))
      .then([
        {
          type: 'PaymentRefundRequested',
          data: { ...common, refundId, amountMinor: 400, ofExcessMinor: 300, reason: 'Cold' },
        },
      ]);
    given(paymentDecider, [...charged, applied(700)])
      .when(refund(1_001))
      .thenRefused('refund_exceeds_remaining');
  });

  it('is refused before the payment is charged and applied', () => {
    given(paymentDecider, [requested]).when(refund()).thenRefused('payment_not_charged');
    given(paymentDecider, charged).when(refund()).thenRefused('payment_not_charged');
  });
});
