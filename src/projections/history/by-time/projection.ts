import { type Category, documentKey } from '../../../domain/kernel/names.ts';
import { formatPosition } from '../../../domain/kernel/position.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { EventHour } from './document.ts';

export const EVENT_HOURS = 'event-hours';

const HOUR_LENGTH = 'YYYY-MM-DDTHH'.length;

/**
 * One document per shop and hour: a sparse index of the log by time. A batch writes one document;
 * an index of every event would write one per event.
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
    const text = formatPosition(position);
    return {
      hour: document?.hour ?? hourOf(recordedAt),
      firstPosition: document?.firstPosition ?? text,
      lastPosition: text,
      count: (document?.count ?? 0) + 1,
    };
  },
});

/** The hour of a time in the format of `Date.toISOString`. */
export function hourOf(time: string): string {
  return time.slice(0, HOUR_LENGTH);
}
