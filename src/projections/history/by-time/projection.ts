import { documentKey, type Category } from '../../../domain/kernel/names.ts';
import { formatPosition } from '../../../domain/kernel/position.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { EventHour } from './document.ts';

export const EVENT_HOURS = 'event-hours';

const HOUR_LENGTH = 'YYYY-MM-DDTHH'.length;

/**
 * One document per shop and hour: a sparse index of the log by time. It costs one document in a
 * batch, where an index over every event would cost one per event.
 */
export const eventHours = (categories: readonly Category[]): Projection<EventHour> => ({
  name: EVENT_HOURS,
  version: 1,
  collection: 'event-hours',
  indexes: [{ name: 'by_hour', fields: ['hour'] }],
  categories,
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
});

/** The hour of a time as `Date.toISOString` writes it. */
export function hourOf(time: string): string {
  return time.slice(0, HOUR_LENGTH);
}
