import type { Route } from '../../route.ts';
import { orderCommand } from './responses.ts';

export const orderChangeRoutes: readonly Route[] = [
  orderCommand('ReportStatus', {
    path: '/orders/:orderId/status',
    operationId: 'reportOrderStatus',
    summary: "Report an order's status",
    description:
      'A status that the order has already passed changes only the history. Other operations cancel and refund orders.',
    permission: 'orders:write',
    example: { status: 'PROCESSING' },
    errors: ['order_not_found', 'illegal_transition', 'order_closed'],
  }),
  orderCommand('CancelOrder', {
    path: '/orders/:orderId/cancel',
    operationId: 'cancelOrder',
    summary: 'Cancel an order without payments',
    permission: 'orders:write',
    example: { reason: 'The customer left' },
    errors: ['order_not_found', 'illegal_transition', 'order_closed'],
  }),
  orderCommand('VoidLine', {
    path: '/orders/:orderId/voids',
    operationId: 'voidOrderLine',
    summary: 'Remove a line, or part of it, from an order without payments',
    permission: 'orders:write',
    example: { lineId: 'line-2', reason: 'Entered twice' },
    errors: ['order_not_found', 'order_closed', 'line_not_found', 'line_already_paid'],
  }),
  orderCommand('CompOrder', {
    path: '/orders/:orderId/comps',
    operationId: 'compOrder',
    summary: 'Comp a line or a whole order',
    permission: 'orders:comp',
    example: { lineId: 'line-1', reason: 'Waited too long', approvedBy: 'Ana' },
    errors: ['order_not_found', 'order_closed', 'line_not_found', 'line_already_paid'],
  }),
];
