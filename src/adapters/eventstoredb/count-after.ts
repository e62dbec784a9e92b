import type { Position } from '../../domain/kernel/position.ts';
import { MAX_COUNTED_EVENTS } from '../../ports/event-log.ts';
import type { EventLogReads } from './event-log-reads.ts';

/** Events in one read while they are counted. */
const PAGE = 1_000;

/** Counts the own events after a position, whose numbers are offsets in bytes here. */
export async function countAfter(
  reads: Pick<EventLogReads, 'readAll'>,
  position: Position,
): Promise<number> {
  let count = 0;
  for (let after = position; count < MAX_COUNTED_EVENTS;) {
    const page = await reads.readAll({ after, limit: PAGE });
    count += page.events.length;
    if (page.atHead) break;
    after = page.position;
  }
  return Math.min(count, MAX_COUNTED_EVENTS);
}
