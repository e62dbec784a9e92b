import { type Static, Type } from '@sinclair/typebox';

import { oneOf } from '../../domain/kernel/schema.ts';
import { PAYMENT_METHODS } from '../../domain/kernel/tender.ts';

const closed = { additionalProperties: false };
const text = Type.String();
const minor = Type.Integer();

/** Money that came in, for an order or into an account. Text that a payment does not have is ''. */
export const PaymentSchema = Type.Object(
  {
    paymentId: text,
    /** A sale put on account is a payment of the order, never money in the drawer. */
    target: Type.Union([Type.Literal('order'), Type.Literal('account')]),
    orderId: text,
    customerId: text,
    method: oneOf(PAYMENT_METHODS),
    currency: text,
    amountMinor: minor,
    tipMinor: minor,
    roundingMinor: Type.Optional(
      Type.Integer({
        description: 'How much rounding cash to the smallest coin changed the total.',
      }),
    ),
    tenderedMinor: Type.Optional(minor),
    changeMinor: minor,
    reference: Type.Optional(text),
    allocations: Type.Optional(
      Type.Array(Type.Object({ debtId: text, amountMinor: minor, remainingMinor: minor }, closed)),
    ),
    creditMinor: Type.Optional(minor),
    businessDay: text,
    at: text,
  },
  { ...closed, $id: 'Payment' },
);

export type Payment = Static<typeof PaymentSchema>;
