import { START, type Position } from '../../domain/kernel/position.ts';
import type { EventLog } from '../../ports/event-log.ts';

/**
 * A place of the log after which everything is found that was recorded at `time` or later. A log
 * whose positions are plain numbers is searched by halves: there, no event was recorded before the
 * one in front of it. Of another log it is the start.
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
