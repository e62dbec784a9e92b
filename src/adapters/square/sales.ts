import type { Static } from '@sinclair/typebox';

import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { ProviderSale, ProviderSales } from '../../ports/provider-client.ts';
import type { createCalls } from '../shared/provider-calls.ts';
import { instantOf, wholeMinor } from '../shared/provider-money.ts';
import { orNone, UNREADABLE } from '../shared/provider-pages.ts';
import { LocationsResponse, OrderResponse, type OrderSchema, OrdersResponse } from './schemas.ts';

/** Orders of one page; their lines stay within a response. */
const PAGE = 500;

/** Sales of a seller at Square: completed orders that are no returns. */
export function createSquareSales(call: ReturnType<typeof createCalls>): ProviderSales {
  return {
    async locations() {
      const path = '/v2/locations';
      const result = await call({ method: 'GET', path, schema: LocationsResponse });
      if (result.kind !== 'ok') return result;
      return { kind: 'ok', value: result.value.locations.map(({ id }) => id) };
    },
    async list(locations, { fromMs, toMs }, cursor) {
      const closed_at = {
        start_at: new Date(fromMs).toISOString(),
        end_at: new Date(toMs).toISOString(),
      };
      const body = {
        ...{ location_ids: locations, limit: PAGE, ...omitUndefined({ cursor }) },
        query: {
          filter: { state_filter: { states: ['COMPLETED'] }, date_time_filter: { closed_at } },
          sort: { sort_field: 'CLOSED_AT', sort_order: 'ASC' },
        },
      };
      const path = '/v2/orders/search';
      const result = await call({ method: 'POST', path, body, schema: OrdersResponse });
      if (result.kind !== 'ok') return result;
      const { orders = [], cursor: next } = result.value;
      const sales = orders.filter(({ returns = [] }) => returns.length === 0).map(saleOf);
      if (!sales.every((each) => each !== undefined)) return UNREADABLE;
      return { kind: 'ok', value: { sales, ...omitUndefined({ next }) } };
    },
    async get(id) {
      const path = `/v2/orders/${encodeURIComponent(id)}`;
      const result = await call({ method: 'GET', path, schema: OrderResponse });
      const found = orNone(result, ({ code }) => code === 'NOT_FOUND');
      return found.kind === 'ok' ? { kind: 'ok', value: found.value?.order } : found;
    },
  };
}

function saleOf(order: Static<typeof OrderSchema>): ProviderSale | undefined {
  const { id, location_id: location = '', tenders = [] } = order;
  const totalMinor = wholeMinor(order.total_money?.amount);
  const tipMinor = wholeMinor(order.total_tip_money?.amount);
  const closedAt = instantOf(order.closed_at ?? order.created_at);
  const feeMinor = tenders.reduce(
    (sum, { processing_fee_money: fee }) => sum + (wholeMinor(fee?.amount) ?? 0),
    0,
  );
  if (totalMinor === undefined || tipMinor === undefined || closedAt === undefined)
    return undefined;
  return { id, location, closedAt, totalMinor, tipMinor, feeMinor };
}
