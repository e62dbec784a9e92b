import { orderChangeRoutes } from '../api/routes/orders/changes.ts';
import { orderPaymentRoutes } from '../api/routes/orders/payments.ts';
import { orderRoutes } from '../api/routes/orders/orders.ts';
import { ORDER_EVENT_TYPES } from '../commands/orders/orders.ts';
import { settlement } from '../processes/settlement/settlement.ts';
import { orderDetails } from '../projections/orders/details/projection.ts';
import { orderHistory } from '../projections/orders/history/projection.ts';
import { orderList } from '../projections/orders/list/projection.ts';
import type { Feature } from './feature.ts';

export const orders: Feature = {
  name: 'orders',
  eventTypes: ORDER_EVENT_TYPES,
  projections: [orderDetails, orderList, orderHistory],
  processes: [settlement],
  routes: [...orderRoutes, ...orderChangeRoutes, ...orderPaymentRoutes],
};
