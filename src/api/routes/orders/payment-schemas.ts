import { Type } from '@sinclair/typebox';

import { PAYMENT_METHODS } from '../../../commands/orders/orders.ts';
import { Currency, Day, Id, Minor, oneOf, Positive, Text } from '../../schemas.ts';
import { orderFields } from './schemas.ts';

export const OrderPaymentBody = Type.Object(
  {
    method: oneOf(PAYMENT_METHODS),
    amountMinor: Type.Integer({
      ...Positive,
      description: 'Without the tip; at most what is due.',
    }),
    tipMinor: Type.Optional(Minor),
    tenderedMinor: Type.Optional(
      Type.Integer({ ...Minor, description: 'Cash handed over; the answer has the change.' }),
    ),
    reference: Type.Optional(Text),
    currency: Currency,
    customerId: Type.Optional(
      Type.String({ ...Id, description: 'Whose account is charged; for on_account.' }),
    ),
    dueDate: Type.Optional(Type.String({ ...Day, description: 'Of the debt; for on_account.' })),
    note: Type.Optional(Type.String({ ...Text, description: 'Of the debt; for on_account.' })),
  },
  { $id: 'OrderPayment' },
);

/** The order after it was paid, and the payment. */
export const OrderPaymentAnswer = Type.Object({
  ...orderFields,
  payment: Type.Object({
    paymentId: Type.String(),
    method: oneOf(PAYMENT_METHODS),
    amountMinor: Type.Integer(),
    tipMinor: Type.Integer(),
    changeMinor: Type.Integer(),
    debtId: Type.Optional(Type.String()),
    customerId: Type.Optional(Type.String()),
  }),
});

/** The order after a refund, and where the money went. */
export const RefundAnswer = Type.Object({
  ...orderFields,
  refund: Type.Object({
    refundId: Type.String(),
    lines: Type.Array(
      Type.Object({
        lineId: Type.String(),
        quantity: Type.Optional(Type.String()),
        amountMinor: Type.Integer(),
      }),
    ),
    amountMinor: Type.Integer(),
    tipMinor: Type.Integer(),
    toCashMinor: Type.Integer(),
    toCardMinor: Type.Integer(),
    toAccountMinor: Type.Integer(),
  }),
});
