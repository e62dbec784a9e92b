import { Type } from '@sinclair/typebox';

import { PAYMENT_METHODS } from '../../../commands/orders/orders.ts';
import { PaymentSchema } from '../../../projections/received-payments/document.ts';
import {
  findPayment,
  listPayments as findPayments,
} from '../../../projections/received-payments/queries.ts';
import { route, type Route } from '../../route.ts';
import { orNotFound, pageResponse } from '../../responses.ts';
import { EVERYONE } from '../../roles.ts';
import { daysQuery, Id, oneOf, pageOf, pageQuery } from '../../schemas.ts';

const tag = 'Payments';

const listPayments = route({
  method: 'get',
  path: '/payments',
  operationId: 'listPayments',
  summary: 'Payments of orders and into accounts, the newest first',
  tag,
  access: EVERYONE,
  query: Type.Object({
    orderId: Type.Optional(Id),
    customerId: Type.Optional(Id),
    method: Type.Optional(oneOf(PAYMENT_METHODS)),
    ...daysQuery,
    ...pageQuery,
  }),
  status: 200,
  response: pageOf(PaymentSchema),
  write: false,
  readModels: ['payments'],
  async handle({ query, reads }) {
    const { limit, cursor, ...filter } = query;
    return {
      status: 200,
      body: pageResponse(await findPayments(reads, filter, { limit, cursor })),
    };
  },
});

const getPayment = route({
  method: 'get',
  path: '/payments/:paymentId',
  operationId: 'getPayment',
  summary: 'One payment',
  tag,
  access: EVERYONE,
  params: Type.Object({ paymentId: Id }),
  status: 200,
  response: PaymentSchema,
  write: false,
  readModels: ['payments'],
  errors: ['not_found'],
  async handle({ params: { paymentId }, reads }) {
    const payment = await findPayment(reads, paymentId);
    return { status: 200, body: orNotFound(payment, 'not_found', `payment ${paymentId}`) };
  },
});

export const paymentRoutes: readonly Route[] = [listPayments, getPayment];
