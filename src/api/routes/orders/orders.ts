import { Type } from '@sinclair/typebox';

import { ORDER_STATUSES, orderDecider } from '../../../commands/orders/orders.ts';
import { OrderDetailsSchema } from '../../../projections/orders/details/document.ts';
import { findOrder } from '../../../projections/orders/details/queries.ts';
import { OrderHistoryEntrySchema } from '../../../projections/orders/history/document.ts';
import { readOrderHistory } from '../../../projections/orders/history/queries.ts';
import { OrderRowSchema } from '../../../projections/orders/list/document.ts';
import { listOrders as findOrders } from '../../../projections/orders/list/queries.ts';
import { route, type Route } from '../../route.ts';
import { orNotFound, orderResponse, pageResponse, writeResult } from '../../responses.ts';
import { EVERYONE } from '../../roles.ts';
import { daysQuery, Id, oneOf, OrderParams, pageOf, pageQuery } from '../../schemas.ts';
import { OrderAnswer, PlaceOrderBody } from './schemas.ts';

const tag = 'Orders';

const placeOrder = route({
  method: 'post',
  path: '/orders',
  operationId: 'placeOrder',
  summary: 'Place an order',
  description:
    'The order keeps the prices it is given; all sums are computed here. Its id is in the answer and the same for every repeat of the key.',
  tag,
  access: EVERYONE,
  body: PlaceOrderBody,
  status: 202,
  response: OrderAnswer,
  write: true,
  example: {
    currency: 'EUR',
    lines: [
      {
        name: 'Flat white',
        quantity: '2',
        unitPriceMinor: 350,
        modifiers: [{ name: 'Oat milk', unitPriceMinor: 50 }],
      },
      { name: 'Croissant', quantity: '1', unitPriceMinor: 280 },
    ],
    discounts: [{ discountId: 'morning', name: 'Morning', percentage: '10' }],
    taxes: [{ taxId: 'vat', name: 'VAT', percentage: '8.5', kind: 'exclusive' }],
    channel: 'counter',
  },
  errors: ['unknown_currency', 'duplicate_line', 'invalid_adjustment', 'amount_out_of_range'],
  async handle(request) {
    const orderId = request.newEntityId();
    const result = await request.execute(orderDecider, orderId, {
      type: 'PlaceOrder',
      data: request.body,
    });
    const body = orderResponse(result);
    return { ...writeResult(202, result), location: `/orders/${orderId}`, body };
  },
});

const listOrders = route({
  method: 'get',
  path: '/orders',
  operationId: 'listOrders',
  summary: 'Orders, the newest first',
  tag,
  access: EVERYONE,
  query: Type.Object({
    status: Type.Optional(oneOf(ORDER_STATUSES)),
    customerId: Type.Optional(Id),
    ...daysQuery,
    ...pageQuery,
  }),
  status: 200,
  response: pageOf(OrderRowSchema),
  write: false,
  readModels: ['order-list'],
  async handle({ query, reads }) {
    const { limit, cursor, ...filter } = query;
    return { status: 200, body: pageResponse(await findOrders(reads, filter, { limit, cursor })) };
  },
});

const getOrder = route({
  method: 'get',
  path: '/orders/:orderId',
  operationId: 'getOrder',
  summary: 'One order with all that is known of it',
  tag,
  access: EVERYONE,
  params: OrderParams,
  status: 200,
  response: OrderDetailsSchema,
  write: false,
  readModels: ['order-details'],
  errors: ['order_not_found'],
  async handle({ params: { orderId }, reads, caller }) {
    const order = await findOrder(reads, caller.shop.id, orderId);
    const body = orNotFound(order, 'order_not_found', `order ${orderId}`);
    return { status: 200, body, revision: body.revision };
  },
});

const OrderStatusAnswer = Type.Object({
  orderId: Type.String(),
  status: Type.String(),
  reason: Type.Optional(Type.String()),
  currency: Type.String(),
  totalMinor: Type.Integer(),
  paidMinor: Type.Integer(),
  dueMinor: Type.Integer(),
  pendingMinor: Type.Integer(),
  refundedMinor: Type.Integer(),
  revision: Type.Integer(),
  updatedAt: Type.String(),
});

const getOrderStatus = route({
  method: 'get',
  path: '/orders/:orderId/status',
  operationId: 'getOrderStatus',
  summary: 'How far an order is, and what is still due',
  tag,
  access: EVERYONE,
  params: OrderParams,
  status: 200,
  response: OrderStatusAnswer,
  write: false,
  readModels: ['order-details'],
  errors: ['order_not_found'],
  async handle({ params: { orderId }, reads, caller }) {
    const order = orNotFound(
      await findOrder(reads, caller.shop.id, orderId),
      'order_not_found',
      `order ${orderId}`,
    );
    const { status, statusReason, currency, paidMinor, dueMinor, pendingMinor } = order;
    const { refundedMinor, revision, updatedAt, totals } = order;
    const body = {
      orderId,
      status,
      ...(statusReason !== undefined && { reason: statusReason }),
      currency,
      totalMinor: totals.totalMinor,
      paidMinor,
      dueMinor,
      pendingMinor,
      refundedMinor,
      revision,
      updatedAt,
    };
    return { status: 200, body, revision };
  },
});

const getOrderHistory = route({
  method: 'get',
  path: '/orders/:orderId/history',
  operationId: 'getOrderHistory',
  summary: 'What happened to an order, from the beginning, refusals included',
  tag,
  access: EVERYONE,
  params: OrderParams,
  query: Type.Object(pageQuery),
  status: 200,
  response: pageOf(OrderHistoryEntrySchema),
  write: false,
  readModels: ['order-history'],
  errors: ['order_not_found'],
  async handle({ params: { orderId }, query, reads }) {
    const page = await readOrderHistory(reads, orderId, query);
    const known = page.items.length > 0 || query.cursor !== undefined;
    orNotFound(known || undefined, 'order_not_found', `order ${orderId}`);
    return { status: 200, body: pageResponse(page) };
  },
});

export const orderRoutes: readonly Route[] = [
  placeOrder,
  listOrders,
  getOrder,
  getOrderStatus,
  getOrderHistory,
];
