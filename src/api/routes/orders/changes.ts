import { orderDecider } from '../../../commands/orders/orders.ts';
import { route, type Route } from '../../route.ts';
import { orderResponse, writeResult } from '../../responses.ts';
import { EVERYONE, MANAGERS } from '../../roles.ts';
import { OrderParams } from '../../schemas.ts';
import { CancelBody, CompBody, OrderAnswer, StatusBody, VoidBody } from './schemas.ts';

const tag = 'Orders';
const common = {
  method: 'post',
  tag,
  params: OrderParams,
  status: 200,
  response: OrderAnswer,
  write: true,
} as const;

const reportStatus = route({
  ...common,
  path: '/orders/:orderId/status',
  operationId: 'reportOrderStatus',
  summary: 'Report how far an order is',
  description:
    'A status that has passed already changes nothing but the history. Orders are cancelled and refunded by their own operations.',
  access: EVERYONE,
  body: StatusBody,
  example: { status: 'PROCESSING' },
  errors: ['order_not_found', 'illegal_transition', 'order_closed'],
  async handle(request) {
    const {
      params: { orderId },
      body,
    } = request;
    const result = await request.execute(orderDecider, orderId, {
      type: 'ReportStatus',
      data: body,
    });
    return { ...writeResult(200, result), body: orderResponse(result) };
  },
});

const cancelOrder = route({
  ...common,
  path: '/orders/:orderId/cancel',
  operationId: 'cancelOrder',
  summary: 'Cancel an order of which nothing is paid',
  access: EVERYONE,
  body: CancelBody,
  example: { reason: 'The customer left' },
  errors: ['order_not_found', 'illegal_transition', 'order_closed'],
  async handle(request) {
    const {
      params: { orderId },
      body,
    } = request;
    const result = await request.execute(orderDecider, orderId, {
      type: 'CancelOrder',
      data: body,
    });
    return { ...writeResult(200, result), body: orderResponse(result) };
  },
});

const voidLine = route({
  ...common,
  path: '/orders/:orderId/voids',
  operationId: 'voidOrderLine',
  summary: 'Take a line, or some of it, off an order of which nothing is paid',
  access: EVERYONE,
  body: VoidBody,
  example: { lineId: 'line-2', reason: 'Entered twice' },
  errors: ['order_not_found', 'order_closed', 'line_not_found', 'line_already_paid'],
  async handle(request) {
    const {
      params: { orderId },
      body,
    } = request;
    const result = await request.execute(orderDecider, orderId, { type: 'VoidLine', data: body });
    return { ...writeResult(200, result), body: orderResponse(result) };
  },
});

const compOrder = route({
  ...common,
  path: '/orders/:orderId/comps',
  operationId: 'compOrder',
  summary: 'Give a line or a whole order away',
  access: MANAGERS,
  body: CompBody,
  example: { lineId: 'line-1', reason: 'Waited too long', approvedBy: 'Ana' },
  errors: ['order_not_found', 'order_closed', 'line_not_found', 'line_already_paid'],
  async handle(request) {
    const {
      params: { orderId },
      body,
    } = request;
    const result = await request.execute(orderDecider, orderId, { type: 'CompOrder', data: body });
    return { ...writeResult(200, result), body: orderResponse(result) };
  },
});

export const orderChangeRoutes: readonly Route[] = [reportStatus, cancelOrder, voidLine, compOrder];
