import { SYSTEM_STORE } from '../../../domain/kernel/names.ts';
import { DeliverySchema, DeliverySummarySchema } from '../../../projections/deliveries/document.ts';
import { findDelivery, listDeliveries } from '../../../projections/deliveries/queries.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse } from '../../responses.ts';
import type { Route } from '../../route.ts';
import { pageOf } from '../../schemas.ts';
import { deliveryCommand, tag, unsentErrors } from './responses.ts';
import { DeliveryParams, listQuery } from './schemas.ts';

const ofSystem = { tag, permission: 'system:operate', scope: 'system' } as const;

/** Messages about the installation itself, such as those about its alerts, for its operators. */
export const systemDeliveryRoutes: readonly Route[] = [
  query({
    ...ofSystem,
    path: '/deliveries/system',
    operationId: 'listSystemDeliveries',
    summary: 'Messages about the installation, the newest first',
    query: listQuery,
    response: pageOf(DeliverySummarySchema),
    async read({ query: { limit, cursor, ...filter }, reads }) {
      return pageResponse(await listDeliveries(reads, filter, { limit, cursor }));
    },
  }),
  query({
    ...ofSystem,
    path: '/deliveries/system/:deliveryId',
    operationId: 'getSystemDelivery',
    summary: 'A message about the installation with its attempts',
    params: DeliveryParams,
    response: DeliverySchema,
    errors: ['delivery_not_found'],
    revision: ({ revision }) => revision,
    async read({ params: { deliveryId }, reads }) {
      const delivery = await findDelivery(reads, SYSTEM_STORE, deliveryId);
      return orNotFound(delivery, 'delivery_not_found', `delivery ${deliveryId}`);
    },
  }),
  deliveryCommand('RetryDelivery', {
    ...ofSystem,
    path: '/deliveries/system/:deliveryId/retry',
    operationId: 'retrySystemDelivery',
    summary: 'Send a message about the installation again',
    example: {},
    errors: unsentErrors,
  }),
  deliveryCommand('CancelDelivery', {
    ...ofSystem,
    path: '/deliveries/system/:deliveryId/cancel',
    operationId: 'cancelSystemDelivery',
    summary: 'Send a message about the installation no more',
    example: { reason: 'The alert is resolved' },
    errors: unsentErrors,
  }),
];
