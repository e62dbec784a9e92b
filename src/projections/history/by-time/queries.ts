import { parsePosition, type Position, START } from '../../../domain/kernel/position.ts';
import type { Reads } from '../../../engine/projections/reads.ts';
import type { EventHour } from './document.ts';
import { EVENT_HOURS, hourOf } from './projection.ts';

/**
 * A position before the first event recorded at or after `time`, and before one earlier hour with
 * events: the clock of a log server may have been set back by less than that. `time` is UTC in the
 * format of `Date.toISOString`.
 */
export async function positionBefore(reads: Reads, time: string): Promise<Position> {
  const [, before] = await reads.find<EventHour>(EVENT_HOURS, {
    range: { field: 'hour', below: hourOf(time) },
    orderBy: 'hour',
    direction: 'descending',
    limit: 2,
  });
  return (before && parsePosition(before.body.lastPosition)) ?? START;
}

/**
 * The position of the shop's last event recorded in the hour of `time` or earlier; undefined while
 * no later hour is indexed, because more events of that hour may follow.
 */
export async function positionUpTo(reads: Reads, time: string): Promise<Position | undefined> {
  const ofHour = `${hourOf(time)}\uffff`;
  const [later] = await reads.find<EventHour>(EVENT_HOURS, {
    range: { field: 'hour', from: ofHour },
    orderBy: 'hour',
    limit: 1,
  });
  if (!later) return undefined;
  const [upTo] = await reads.find<EventHour>(EVENT_HOURS, {
    range: { field: 'hour', below: ofHour },
    orderBy: 'hour',
    direction: 'descending',
    limit: 1,
  });
  return (upTo && parsePosition(upTo.body.lastPosition)) ?? START;
}
