import { Type } from '@sinclair/typebox';

import { loadProducts } from '../../../commands/catalog/products.ts';
import { DomainError } from '../../../domain/kernel/errors.ts';
import { isPermitted } from '../../../domain/kernel/permissions.ts';
import { Id, oneOf, optional } from '../../../domain/kernel/schema.ts';
import {
  ORDER_STATUSES,
  orderDecider,
  orderDeciderWith,
  type PlaceOrder,
  productIdsOf,
} from '../../../domain/orders/index.ts';
import { OrderDetailsSchema } from '../../../projections/orders/details/document.ts';
import { findOrder } from '../../../projections/orders/details/queries.ts';
import { OrderHistoryEntrySchema } from '../../../projections/orders/history/document.ts';
import { readOrderHistory } from '../../../projections/orders/history/queries.ts';
import { OrderRowSchema } from '../../../projections/orders/list/document.ts';
import { listOrders } from '../../../projections/orders/list/queries.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse } from '../../responses.ts';
import type { ApiRequest, Route } from '../../route.ts';
import { daysQuery, pageOf, pageQuery } from '../../schemas.ts';
import type { Services } from '../../services.ts';
import { orderCommand } from './responses.ts';
import { OrderParams, OrderStatusResponse } from './schemas.ts';

const tag = 'Orders';
const permission = 'orders:read';

async function orderOf(request: ApiRequest<{ orderId: string }, unknown, unknown>) {
  const { params, reads, caller } = request;
  const order = await findOrder(reads, caller.shop.id, params.orderId);
  return orNotFound(order, 'order_not_found', `order ${params.orderId}`);
}

type PlacingRequest = ApiRequest<unknown, unknown, PlaceOrder['data']>;

/**
 * An order that its customer's account pays is a payment too.
 * @throws DomainError forbidden.
 */
function assertMayPay({ body, caller }: PlacingRequest): void {
  const permission = 'payments:write';
  if (body.fulfilment === undefined || body.paymentMethod !== 'on_account') return;
  if (isPermitted(caller.grants, permission, caller.branchId)) return;
  const message = `expected a caller with ${permission} to pay on_account, found one without it`;
  throw new DomainError('forbidden', message, { permission });
}

/** The rules with the products that the order names; orders of free lines read none. */
async function withCatalogue(request: PlacingRequest, services: Services) {
  assertMayPay(request);
  const { body, caller } = request;
  const ids = productIdsOf(body);
  if (ids.length === 0) return orderDecider;
  const products = await loadProducts(services, caller.shop.id, ids);
  const { grants, branchId } = caller;
  const mayOverridePrices = isPermitted(grants, 'orders:override-price', branchId);
  return orderDeciderWith({ products, branchId, mayOverridePrices });
}

export const orderRoutes: readonly Route[] = [
  orderCommand('PlaceOrder', {
    path: '/orders',
    operationId: 'placeOrder',
    summary: 'Place an order',
    description:
      'A line with a `productId` takes name and price from the catalogue, a line without one has its own; the order keeps them. The server computes all sums. With `fulfilment` the stock is reserved and the order paid by itself, through a provider or by the account of its customer, whose limit is checked at that moment; when that fails, all of it is put back. The response has its id, the same for every repeat of the key.',
    permission: 'orders:write',
    creates: true,
    status: 202,
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
    errors: [
      'unknown_currency',
      'duplicate_line',
      'invalid_adjustment',
      'amount_out_of_range',
      'product_not_found',
      'product_unavailable',
      'price_differs',
      'modifier_not_found',
      'modifier_rule_broken',
      'currency_mismatch',
    ],
    rules: withCatalogue,
  }),
  query({
    path: '/orders',
    operationId: 'listOrders',
    summary: 'Orders, newest first',
    tag,
    permission,
    query: Type.Object({
      status: optional(oneOf(ORDER_STATUSES)),
      customerId: optional(Id),
      ...daysQuery,
      ...pageQuery,
    }),
    response: pageOf(OrderRowSchema),
    async read({ query: { limit, cursor, ...filter }, reads }) {
      return pageResponse(await listOrders(reads, filter, { limit, cursor }));
    },
  }),
  query({
    path: '/orders/:orderId',
    operationId: 'getOrder',
    summary: 'One order with everything known about it',
    tag,
    permission,
    params: OrderParams,
    response: OrderDetailsSchema,
    errors: ['order_not_found'],
    revision: ({ revision }) => revision,
    read: orderOf,
  }),
  query({
    path: '/orders/:orderId/status',
    operationId: 'getOrderStatus',
    summary: 'Order status and amount due',
    tag,
    permission,
    params: OrderParams,
    response: OrderStatusResponse,
    errors: ['order_not_found'],
    revision: ({ revision }) => revision,
    async read(request) {
      const order = await orderOf(request);
      const { orderId, status, statusReason, currency, paidMinor, dueMinor, pendingMinor } = order;
      const { refundedMinor, revision, updatedAt, totals } = order;
      return {
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
    },
  }),
  query({
    path: '/orders/:orderId/history',
    operationId: 'getOrderHistory',
    summary: 'Everything that happened to an order, oldest first, refusals included',
    tag,
    permission,
    params: OrderParams,
    query: Type.Object(pageQuery),
    response: pageOf(OrderHistoryEntrySchema),
    errors: ['order_not_found'],
    async read({ params: { orderId }, query: page, reads }) {
      const found = await readOrderHistory(reads, orderId, page);
      const known = found.items.length > 0 || page.cursor !== undefined;
      orNotFound(known || undefined, 'order_not_found', `order ${orderId}`);
      return pageResponse(found);
    },
  }),
];
