import type { CheckoutEvent } from '../../domain/checkouts/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import { perEntity } from '../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import type { CheckoutDocument } from './document.ts';

/** One document per checkout. */
export const checkouts: Projection<CheckoutDocument, CheckoutEvent | CommandRefused> = {
  name: 'checkouts',
  version: 1,
  collection: 'checkouts',
  indexes: [
    { name: 'by_time', fields: ['requestedAt'] },
    { name: 'by_order', fields: ['orderId', 'requestedAt'] },
  ],
  feed: 'integrations',
  ...perEntity('checkout'),
  evolve(checkout, event) {
    const { revision, recordedAt: updatedAt } = event;
    if (event.type === 'CheckoutRequested') {
      const { businessDay: _day, ...data } = event.data;
      return { ...data, status: 'requested', revision, requestedAt: updatedAt, updatedAt };
    }
    if (!checkout) return undefined;
    if (event.type === 'CommandRefused') return { ...checkout, revision };
    const { businessDay: _day, ...data } = event.data;
    const status = event.type === 'CheckoutOpened' ? 'open' : 'failed';
    return { ...checkout, ...data, status, revision, updatedAt };
  },
};
