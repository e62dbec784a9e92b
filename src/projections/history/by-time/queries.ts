import { parsePosition, START, type Position } from '../../../domain/kernel/position.ts';
import type { Reads } from '../../../engine/projections/reads.ts';
import type { EventHour } from './document.ts';
import { EVENT_HOURS, hourOf } from './projection.ts';

/**
 * A place of the log after which everything that was recorded at `time` or later is found, and not
 * much before it. An hour more is left in front, so that a clock of a log server that was set back
 * by less than that hides nothing. `time` is UTC as `Date.toISOString` writes it.
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
 * The last event of the shop that was recorded in the hour of `time` or earlier; undefined while
 * no later hour is known, for then more may come.
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
