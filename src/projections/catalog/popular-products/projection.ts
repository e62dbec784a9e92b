import { dayBefore, isDay } from '../../../domain/kernel/business-day.ts';
import { documentKey, partsOf } from '../../../domain/kernel/names.ts';
import type { OrderEvent } from '../../../domain/orders/events.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { ProductDemand } from './document.ts';

export const demandKey = (storeId: string, month: string, productId: string) =>
  documentKey(storeId, month, productId);

function productsIn(event: OrderEvent): readonly string[] {
  if (event.type !== 'OrderPlaced') return [];
  const ids = event.data.lines.flatMap(({ productId }) => productId ?? []);
  return [...new Set(ids)];
}

/** One document per product and month. Addition only, so the order of events never matters. */
export const popularProducts: Projection<ProductDemand, OrderEvent> = {
  name: 'popular-products',
  version: 1,
  collection: 'popular-products',
  indexes: [{ name: 'by_demand', fields: ['month', 'orders'] }],
  categories: ['order'],
  keys(event) {
    const order = event as unknown as OrderEvent;
    if (order.type !== 'OrderPlaced') return [];
    const month = order.data.businessDay.slice(0, 7);
    return productsIn(order).map((id) => demandKey(event.metadata.storeId, month, id));
  },
  evolve(demand, _event, key) {
    const [month = '', productId = ''] = partsOf(key).parts;
    return { month, productId, orders: (demand?.orders ?? 0) + 1 };
  },
  // As for the sums of a day: a month begins in the zone UTC+14 first.
  recordedFrom: (key) => {
    const first = `${partsOf(key).parts[0] ?? ''}-01`;
    return isDay(first) ? `${dayBefore(first)}T09:00:00.000Z` : undefined;
  },
};
