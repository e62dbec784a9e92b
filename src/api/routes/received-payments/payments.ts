import { Type } from '@sinclair/typebox';

import { Id, oneOf, optional } from '../../../domain/kernel/schema.ts';
import { PAYMENT_METHODS } from '../../../domain/kernel/tender.ts';
import { PaymentSchema } from '../../../projections/received-payments/document.ts';
import { findPayment, listPayments } from '../../../projections/received-payments/queries.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse } from '../../responses.ts';
import type { Route } from '../../route.ts';
import { daysQuery, pageOf, pageQuery } from '../../schemas.ts';

const tag = 'Payments';
const permission = 'payments:read';

export const paymentRoutes: readonly Route[] = [
  query({
    path: '/payments',
    operationId: 'listPayments',
    summary: 'Payments of orders and into accounts, newest first',
    tag,
    permission,
    query: Type.Object({
      orderId: optional(Id),
      customerId: optional(Id),
      method: optional(oneOf(PAYMENT_METHODS)),
      ...daysQuery,
      ...pageQuery,
    }),
    response: pageOf(PaymentSchema),
    async read({ query: { limit, cursor, ...filter }, reads }) {
      return pageResponse(await listPayments(reads, filter, { limit, cursor }));
    },
  }),
  query({
    path: '/payments/:paymentId',
    operationId: 'getPayment',
    summary: 'One payment',
    tag,
    permission,
    params: Type.Object({ paymentId: Id }),
    response: PaymentSchema,
    errors: ['not_found'],
    async read({ params: { paymentId }, reads }) {
      return orNotFound(await findPayment(reads, paymentId), 'not_found', `payment ${paymentId}`);
    },
  }),
];
