import { historyEntity } from '../api/routes/history/entities.ts';
import { orderChangeRoutes } from '../api/routes/orders/changes.ts';
import { orderRoutes } from '../api/routes/orders/orders.ts';
import { orderPaymentRoutes } from '../api/routes/orders/payments.ts';
import { OrderParams } from '../api/routes/orders/schemas.ts';
import { orderTipRoutes } from '../api/routes/orders/tips.ts';
import { orderDecider, type OrderEvent, orderEvents } from '../domain/orders/index.ts';
import { settlement } from '../processes/settlement/settlement.ts';
import { OrderDetailsSchema } from '../projections/orders/details/document.ts';
import { orderDetails } from '../projections/orders/details/projection.ts';
import { orderHistory } from '../projections/orders/history/projection.ts';
import { summaryOf } from '../projections/orders/history/summary.ts';
import { orderList } from '../projections/orders/list/projection.ts';
import { defineFeature } from './feature.ts';

export const orders = defineFeature({
  name: 'orders',
  deciders: [orderDecider],
  events: orderEvents,
  projections: [orderDetails, orderList, orderHistory],
  documents: {
    'order-details': 'An order with all its fields: `GET /orders/:orderId` and its status.',
    'order-list': 'An order as one row: `GET /orders` by status, customer and day.',
    'order-history': 'An event of an order as a sentence: `GET /orders/:orderId/history`.',
  },
  processes: [settlement],
  routes: [...orderRoutes, ...orderChangeRoutes, ...orderPaymentRoutes, ...orderTipRoutes],
  descriptions: [{ category: 'order', describe: (event) => summaryOf(event as OrderEvent) }],
  audit: {
    OrderCancelled: { severity: 'LOW' },
    OrderLineVoided: { severity: 'LOW' },
    OrderComped: { severity: 'MEDIUM' },
    OrderChangedAtProvider: { severity: 'MEDIUM' },
    OrderTipAdjusted: { severity: 'MEDIUM' },
    OrderRefunded: { severity: 'MEDIUM' },
  },
  timeTravel: [
    historyEntity({
      category: 'order',
      path: 'orders',
      id: 'orderId',
      noun: 'order',
      name: 'Order',
      article: 'An order',
      notFound: 'order_not_found',
      params: OrderParams,
      readModel: orderDetails,
      document: OrderDetailsSchema,
    }),
  ],
});
