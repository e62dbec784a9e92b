import { type TProperties, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import {
  Currency,
  Day,
  described,
  eventData,
  Id,
  Minor,
  Name,
  oneOf,
  Positive,
  Text,
} from '../kernel/schema.ts';

/** What a provider can move. Cash and accounts are no business of a provider. */
export const PROVIDER_METHODS = ['credit_card', 'debit_card', 'bank_transfer', 'qr'] as const;
export type ProviderMethod = (typeof PROVIDER_METHODS)[number];

export const PAYMENT_STATUSES = ['pending', 'succeeded', 'failed', 'unknown'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** How an outcome became known. */
export const FOUND_BY = ['charge', 'lookup', 'notice', 'search'] as const;
export type FoundBy = (typeof FOUND_BY)[number];

const paymentEvent = <P extends TProperties>(description: string, properties: P) =>
  eventData(description, {
    paymentId: described(Id, 'The payment; the provider gets it as idempotency key.'),
    orderId: described(Id, 'The order.'),
    currency: described(Currency, 'ISO 4217 code of all amounts.'),
    businessDay: described(Day, "The shop's business day of this event."),
    ...properties,
  });

export const SourceId = Type.String({
  pattern: '^[0-9a-f]{32}$',
  description: 'Names what the payer gave, such as the token of a card. It is in no event.',
});

const attempt = described(Type.Integer({ minimum: 1 }), 'Number of the attempt, from 1.');
const transactionId = described(Id, "The provider's id of the payment.");
const foundBy = oneOf(FOUND_BY, 'Whether the charge, a look-up, a notice or a search showed it.');
const reason = described(Text, 'Why, as the code of the provider or of the failure.');
const refundId = described(Id, 'The refund; the provider gets it as idempotency key.');

export const paymentEvents = defineEvents({
  PaymentRequested: paymentEvent('A payment through a provider was requested; nothing was sent.', {
    provider: described(Name, 'Name of the provider.'),
    method: oneOf(PROVIDER_METHODS, 'How it is paid.'),
    amountMinor: described(Positive, 'The amount to charge, without the tip.'),
    tipMinor: described(Minor, 'The tip, charged in addition.'),
    customerId: described(Type.Optional(Id), 'The customer, where known.'),
    drawerId: described(Type.Optional(Id), 'The drawer session of the till, where it has one.'),
    sourceId: Type.Optional(SourceId),
  }),
  /** The shop did not ask for it: the payer paid at the provider, which was asked for it. */
  PaymentReceived: paymentEvent('A payer paid at the provider, and the provider confirmed it.', {
    provider: described(Name, 'Name of the provider.'),
    method: oneOf(PROVIDER_METHODS, 'How it was paid.'),
    chargedMinor: described(Positive, 'What was paid.'),
    transactionId,
    foundBy,
  }),
  /** Recorded before the call: after a crash it shows that the provider may have been reached. */
  PaymentChargeAttempted: paymentEvent('The charge is about to be sent to the provider.', {
    attempt,
  }),
  PaymentChargeDeferred: paymentEvent('Nothing was charged; the charge will be tried again.', {
    attempt,
    reason,
  }),
  PaymentOutcomeUnknown: paymentEvent('Whether the provider charged is not known: look it up.', {
    attempt,
    reason,
  }),
  PaymentAccepted: paymentEvent('The provider took the payment and will confirm it later.', {
    transactionId,
  }),
  PaymentSucceeded: paymentEvent('The provider charged the payment.', {
    transactionId,
    chargedMinor: described(Positive, 'What was charged, with the tip.'),
    foundBy,
    late: Type.Boolean({ description: 'It had counted as failed before.' }),
  }),
  PaymentFailed: paymentEvent('The payment failed: nothing is charged.', { reason, foundBy }),
  PaymentApplied: paymentEvent('The order took the payment, or what was due of it.', {
    appliedMinor: described(Minor, 'The part that the order took, with its tip.'),
    excessMinor: described(Minor, 'The part that was not due on the order: refund it.'),
  }),
  PaymentRefundRequested: paymentEvent('A refund through the provider was requested.', {
    refundId,
    amountMinor: described(Positive, 'The amount to refund.'),
    ofExcessMinor: described(Minor, 'The part of it that no order took.'),
    reason: described(Text, 'Why, in words.'),
  }),
  PaymentRefunded: paymentEvent('The provider refunded the payment, or a part of it.', {
    refundId,
    amountMinor: described(Positive, 'The amount refunded.'),
    ofExcessMinor: described(Minor, 'The part of it that no order took.'),
    refundedMinor: described(Positive, 'All refunds of this payment together.'),
    transactionId: described(Id, "The provider's id of the refund."),
    reason: described(Text, 'Why, in words.'),
  }),
  PaymentRefundFailed: paymentEvent('The provider refused the refund: nothing went back.', {
    refundId,
    amountMinor: described(Positive, 'The amount that was to be refunded.'),
    ofExcessMinor: described(Minor, 'The part of it that no order took.'),
    reason,
  }),
});

export type PaymentEvent = EventOf<typeof paymentEvents>;
export type PaymentRequested = EventOf<typeof paymentEvents, 'PaymentRequested'>;
export type PaymentReceived = EventOf<typeof paymentEvents, 'PaymentReceived'>;
export type PaymentSucceeded = EventOf<typeof paymentEvents, 'PaymentSucceeded'>;
export type PaymentRefunded = EventOf<typeof paymentEvents, 'PaymentRefunded'>;
