import { documentKey } from '../../../domain/kernel/names.ts';
import { formatPosition } from '../../../domain/kernel/position.ts';
import { BUSINESS_CATEGORIES } from '../../../domain/kernel/business-categories.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { EventHour } from './document.ts';

const HOUR_LENGTH = 'YYYY-MM-DDTHH'.length;

/**
 * One document per shop and hour: a sparse index of the log by time. It costs one document in a
 * batch, where an index over every event would cost one per event.
 */
export const eventHours: Projection<EventHour> = {
  name: 'event-hours',
  version: 1,
  collection: 'event-hours',
  indexes: [{ name: 'by_hour', fields: ['hour'] }],
  categories: BUSINESS_CATEGORIES,
  feed: 'integrations',
  keys: ({ metadata, recordedAt }) => [documentKey(metadata.storeId, hourOf(recordedAt))],
  evolve(document, { position, recordedAt }) {
    const at = formatPosition(position);
    return {
      hour: document?.hour ?? hourOf(recordedAt),
      firstPosition: document?.firstPosition ?? at,
      lastPosition: at,
      count: (document?.count ?? 0) + 1,
    };
  },
};

/** The hour of a time as `Date.toISOString` writes it. */
export function hourOf(time: string): string {
  return time.slice(0, HOUR_LENGTH);
}
