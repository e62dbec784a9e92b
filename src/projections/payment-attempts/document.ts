import { type Static, Type } from '@sinclair/typebox';

import { oneOf } from '../../domain/kernel/schema.ts';
import { PAYMENT_STATUSES, PROVIDER_METHODS } from '../../domain/payments/events.ts';

const closed = { additionalProperties: false };
const text = Type.String();
const minor = Type.Integer();

/** Refunds that a document lists; the sums include all of them. */
export const MAX_LISTED_REFUNDS = 100;

export const PaymentAttemptSchema = Type.Object(
  {
    paymentId: text,
    revision: Type.Integer(),
    status: oneOf(
      PAYMENT_STATUSES,
      '`unknown`: a charge may have been made; it is looked up and never charged again.',
    ),
    orderId: text,
    customerId: Type.Optional(text),
    drawerId: Type.Optional(text),
    provider: text,
    method: oneOf(PROVIDER_METHODS),
    currency: text,
    amountMinor: Type.Integer({ description: 'Without the tip.' }),
    tipMinor: minor,
    attempts: Type.Integer({ description: 'Charges that were sent, all with the same key.' }),
    transactionId: Type.Optional(text),
    reason: Type.Optional(Type.String({ description: 'Why it failed, waits or is unknown.' })),
    chargedMinor: minor,
    appliedMinor: Type.Optional(Type.Integer({ description: 'The part that the order took.' })),
    excessMinor: Type.Integer({ description: 'Charged, not taken by the order, not refunded.' }),
    refundedMinor: minor,
    refunds: Type.Array(
      Type.Object(
        {
          refundId: text,
          status: oneOf(['pending', 'refunded', 'failed']),
          amountMinor: minor,
          reason: text,
        },
        closed,
      ),
      { description: 'The newest refunds.' },
    ),
    requestedAt: text,
    updatedAt: text,
  },
  { ...closed, $id: 'PaymentAttempt' },
);

export type PaymentAttempt = Static<typeof PaymentAttemptSchema>;
