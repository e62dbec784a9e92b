import type { AccountEvent } from '../../../domain/accounts/events.ts';
import { dayBefore, isDay } from '../../../domain/kernel/business-day.ts';
import { documentKey, partsOf } from '../../../domain/kernel/names.ts';
import type { OrderEvent } from '../../../domain/orders/events.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { DailySales } from './document.ts';
import { changesOf, NO_SUMS } from './sums.ts';

/** One document per store and business day, fed by all orders and accounts of the store. */
export const dailySales: Projection<DailySales, OrderEvent | AccountEvent> = {
  name: 'daily-sales',
  version: 4,
  collection: 'daily-sales',
  indexes: [{ name: 'by_day', fields: ['day'] }],
  categories: ['order', 'account'],
  feed: 'sales',
  keys: (event) => {
    const days = new Set(
      changesOf(event as unknown as OrderEvent | AccountEvent).map(({ day }) => day),
    );
    return [...days].map((day) => documentKey(event.metadata.storeId, day));
  },
  evolve(document, event, key) {
    const day = partsOf(key).parts[0] ?? '';
    const currencies = { ...document?.currencies };
    for (const change of changesOf(event)) {
      if (change.day !== day) continue;
      currencies[change.currency] = change.change(currencies[change.currency] ?? NO_SUMS);
    }
    return { day, currencies };
  },
  // A day begins in the zone UTC+14 first; an imported sale may be an hour ahead of our clock.
  recordedFrom: (key) => {
    const [day = ''] = partsOf(key).parts;
    return isDay(day) ? `${dayBefore(day)}T09:00:00.000Z` : undefined;
  },
};
