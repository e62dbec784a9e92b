import { type Position, START } from '../../domain/kernel/position.ts';
import type { EventLog } from '../../ports/event-log.ts';

/**
 * A position before the first event recorded at or after `time` (UTC, ISO 8601). Binary search
 * where positions are dense integers: there no event was recorded before the one in front of it.
 * START elsewhere, and without a time.
 */
export async function positionBefore(log: EventLog, time: string | undefined): Promise<Position> {
  if (time === undefined) return START;
  let before = START;
  let { commit: end } = await log.head();
  end += 1n;
  while (end - before.commit > 1n) {
    const middle = (before.commit + end) / 2n;
    const event = await log.readAt({ commit: middle, prepare: middle });
    if (!event) return START;
    if (event.recordedAt < time) before = event.position;
    else end = middle;
  }
  return before;
}
