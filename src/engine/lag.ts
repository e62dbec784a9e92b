import { comparePositions, formatPosition, type Position } from '../domain/kernel/position.ts';
import type { EventLog } from '../ports/event-log.ts';

/** How far a reader of the log is behind its head. */
export interface Lag {
  /** Events after its position, as `countAfter` counts them. */
  readonly events: number;
  /** When the first of them was recorded; undefined when there is none. */
  readonly since: string | undefined;
}

type Head = Pick<EventLog, 'head' | 'countAfter'>;

/** Events that readers at these positions have not seen; each position is counted once. */
export async function lagEventsOf(
  log: Head,
  positions: readonly Position[],
): Promise<readonly number[]> {
  const head = await log.head();
  return perPosition(positions, async (position) =>
    comparePositions(position, head) < 0 ? log.countAfter(position) : 0,
  );
}

/** The same, with the time of the oldest event that each has not seen. */
export async function lagsOf(
  log: Head & Pick<EventLog, 'readAll'>,
  positions: readonly Position[],
): Promise<readonly Lag[]> {
  const head = await log.head();
  return perPosition(positions, async (position) => {
    if (comparePositions(position, head) >= 0) return NO_LAG;
    const [events, page] = await Promise.all([
      log.countAfter(position),
      log.readAll({ after: position, limit: 1 }),
    ]);
    return { events, since: page.events[0]?.recordedAt };
  });
}

const NO_LAG: Lag = { events: 0, since: undefined };

function perPosition<T>(
  positions: readonly Position[],
  measure: (position: Position) => Promise<T>,
): Promise<readonly T[]> {
  const known = new Map<string, Promise<T>>();
  return Promise.all(
    positions.map((position) => {
      const key = formatPosition(position);
      const value = known.get(key) ?? measure(position);
      known.set(key, value);
      return value;
    }),
  );
}
