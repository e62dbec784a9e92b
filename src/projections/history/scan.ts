import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { HistorySource } from './pages.ts';
import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { yieldTurn } from '../../engine/projections/yield-turn.ts';

/** Events that are read in one turn of the event loop. */
const SLICE = 250;
/** Events that one page looks at, at most: the next page goes on from there. */
const MAX_EXAMINED = 10_000;

export interface Scanned<Place> {
  readonly events: readonly RecordedEvent[];
  /** Where the next page begins; undefined when there is nothing more now. */
  readonly next: Place | undefined;
}

export interface ScanOptions {
  readonly limit: number;
  readonly wanted: (event: RecordedEvent) => boolean;
  /** Newest first: positions and revisions go down. */
  readonly newest?: boolean;
}

/** Scans the whole log from a position, up to another (included) or to its end. */
export async function scanLog(
  { log, categories }: Pick<HistorySource, 'log' | 'categories'>,
  after: Position,
  upTo: Position | undefined,
  { limit, wanted, newest = false }: ScanOptions,
): Promise<Scanned<Position>> {
  const events: RecordedEvent[] = [];
  const direction = newest ? 'backwards' : 'forwards';
  const order = newest ? -1 : 1;
  const isPast = (position: Position) =>
    upTo !== undefined && order * comparePositions(position, upTo) > 0;
  let at = after;
  for (let examined = 0; examined < MAX_EXAMINED; examined += SLICE) {
    const page = await log.readAll({ after: at, direction, limit: SLICE, categories });
    for (const event of page.events) {
      if (isPast(event.position)) return { events, next: undefined };
      if (wanted(event)) events.push(event);
      if (events.length === limit) return { events, next: event.position };
    }
    at = page.position;
    if (page.atHead) return { events, next: undefined };
    if (upTo && order * comparePositions(at, upTo) >= 0) return { events, next: undefined };
    await yieldTurn();
  }
  return { events, next: at };
}

/** Scans one stream from a revision on; from its beginning, or its end, without one. */
export async function scanStream(
  log: EventLog,
  stream: string,
  from: number | undefined,
  { limit, wanted, newest = false }: ScanOptions,
): Promise<Scanned<number>> {
  const events: RecordedEvent[] = [];
  const direction = newest ? 'backwards' : 'forwards';
  const step = newest ? -1 : 1;
  let next = from;
  for (let examined = 0; examined < MAX_EXAMINED; examined += SLICE) {
    const page = await log.readStream(stream, {
      ...(next !== undefined && { from: next }),
      direction,
      limit: SLICE,
    });
    for (const event of page) {
      next = event.revision + step;
      if (wanted(event)) events.push(event);
      if (next < 0) return { events, next: undefined };
      if (events.length === limit) return { events, next };
    }
    if (page.length < SLICE) return { events, next: undefined };
    await yieldTurn();
  }
  return { events, next };
}
