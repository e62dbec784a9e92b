import { Type } from '@sinclair/typebox';

import { described, Id, Positive } from '../../../domain/kernel/schema.ts';
import { MAX_LINES } from '../../../domain/orders/index.ts';
import { MAX_SPLIT_PARTS } from '../../../domain/payments/index.ts';
import { PaymentAttemptSchema } from '../../../projections/payment-attempts/document.ts';
import { written } from '../../schemas.ts';

export const PaymentParams = Type.Object({ attemptId: Id });

const {
  revision: _r,
  requestedAt: _q,
  updatedAt: _u,
  refunds: _refunds,
  ...fields
} = PaymentAttemptSchema.properties;

/** The payment right after the command. */
export const PaymentAttemptResponse = Type.Object(
  {
    ...fields,
    pendingRefundMinor: Type.Integer({ description: 'Refunds that are on their way.' }),
    ...written,
  },
  { $id: 'PaymentAttemptResponse' },
);

const parts = { minItems: 1, maxItems: MAX_SPLIT_PARTS };

/** One of the three ways to split. */
export const SplitBody = Type.Object(
  {
    shares: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 1_000 }), {
        ...parts,
        description: 'Weights of the shares: `[1, 1]` halves what is due.',
      }),
    ),
    amounts: Type.Optional(
      Type.Array(Positive, { ...parts, description: 'Amounts; what they leave is a last part.' }),
    ),
    items: Type.Optional(
      Type.Array(Type.Array(Id, { minItems: 1, maxItems: MAX_LINES }), {
        ...parts,
        description: 'Line ids of each payer; other lines are a last part.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const SplitResponse = Type.Object(
  {
    orderId: Type.String(),
    currency: Type.String(),
    totalMinor: Type.Integer({ description: 'What is due now; the parts sum to it.' }),
    parts: Type.Array(
      Type.Object({
        amountMinor: Type.Integer(),
        lineIds: Type.Optional(Type.Array(described(Type.String(), 'A line of the order.'))),
      }),
    ),
  },
  { $id: 'Split' },
);
