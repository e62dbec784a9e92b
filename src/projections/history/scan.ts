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
}

/** Looks through the whole log after a position, up to another or to its end. */
export async function scanLog(
  { log, categories }: Pick<HistorySource, 'log' | 'categories'>,
  after: Position,
  upTo: Position | undefined,
  { limit, wanted }: ScanOptions,
): Promise<Scanned<Position>> {
  const events: RecordedEvent[] = [];
  let at = after;
  for (let examined = 0; examined < MAX_EXAMINED; examined += SLICE) {
    const page = await log.readAll({ after: at, limit: SLICE, categories });
    for (const event of page.events) {
      if (upTo && comparePositions(event.position, upTo) > 0) return { events, next: undefined };
      if (wanted(event)) events.push(event);
      if (events.length === limit) return { events, next: event.position };
    }
    at = page.position;
    if (page.atHead) return { events, next: undefined };
    if (upTo && comparePositions(at, upTo) >= 0) return { events, next: undefined };
    await yieldTurn();
  }
  return { events, next: at };
}

/** Looks through one stream from a revision on. */
export async function scanStream(
  log: EventLog,
  stream: string,
  from: number,
  { limit, wanted }: ScanOptions,
): Promise<Scanned<number>> {
  const events: RecordedEvent[] = [];
  let next = from;
  for (let examined = 0; examined < MAX_EXAMINED; examined += SLICE) {
    const page = await log.readStream(stream, { from: next, limit: SLICE });
    for (const event of page) {
      next = event.revision + 1;
      if (wanted(event)) events.push(event);
      if (events.length === limit) return { events, next };
    }
    if (page.length < SLICE) return { events, next: undefined };
    await yieldTurn();
  }
  return { events, next };
}
