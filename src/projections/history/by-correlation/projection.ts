import { type Category, documentKey } from '../../../domain/kernel/names.ts';
import { formatPosition } from '../../../domain/kernel/position.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { Correlation } from './document.ts';

export const CORRELATIONS = 'correlations';

/** Bounds the document of a correlation that never ends, such as that of a faulty client. */
const MAX_LISTED = 500;

/**
 * One document per correlation id of a shop: the positions of its events, so that the effects of a
 * request are found without a scan of the log (H4, A1).
 */
export const correlations = (categories: readonly Category[]): Projection<Correlation> => ({
  name: CORRELATIONS,
  version: 1,
  collection: 'correlations',
  indexes: [],
  categories,
  feed: 'integrations',
  keys: ({ metadata }) => [correlationKey(metadata.storeId, metadata.correlationId)],
  evolve(document, { id, position, metadata }) {
    const { correlationId, causationId } = metadata;
    const { events, count } = document ?? { events: [], count: 0 };
    const entry = { position: formatPosition(position), eventId: id, causationId };
    return {
      correlationId,
      events: events.length < MAX_LISTED ? [...events, entry] : events,
      count: count + 1,
    };
  },
});

export function correlationKey(storeId: string, correlationId: string): string {
  return documentKey(storeId, correlationId);
}
