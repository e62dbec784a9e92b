import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { HistorySource } from './pages.ts';
import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { yieldTurn } from '../../engine/projections/yield-turn.ts';

/** Events read in one turn of the event loop. */
const SLICE = 250;
/** Most events that one page scans; the next page continues from there. */
const MAX_SCANNED = 10_000;

export interface Scanned<Start> {
  readonly events: readonly RecordedEvent[];
  /** The start of the next page; undefined at the end. */
  readonly next: Start | undefined;
}

export interface ScanOptions {
  readonly limit: number;
  readonly matches: (event: RecordedEvent) => boolean;
}

/** Scans the log after a position, up to another or to its end. */
export async function scanLog(
  { log, categories }: Pick<HistorySource, 'log' | 'categories'>,
  after: Position,
  upTo: Position | undefined,
  { limit, matches }: ScanOptions,
): Promise<Scanned<Position>> {
  const events: RecordedEvent[] = [];
  let position = after;
  for (let scanned = 0; scanned < MAX_SCANNED; scanned += SLICE) {
    const page = await log.readAll({ after: position, limit: SLICE, categories });
    for (const event of page.events) {
      if (upTo && comparePositions(event.position, upTo) > 0) return { events, next: undefined };
      if (matches(event)) events.push(event);
      if (events.length === limit) return { events, next: event.position };
    }
    position = page.position;
    if (page.atHead) return { events, next: undefined };
    if (upTo && comparePositions(position, upTo) >= 0) return { events, next: undefined };
    await yieldTurn();
  }
  return { events, next: position };
}

/** Scans one stream from a revision on. */
export async function scanStream(
  log: EventLog,
  stream: string,
  from: number,
  { limit, matches }: ScanOptions,
): Promise<Scanned<number>> {
  const events: RecordedEvent[] = [];
  let next = from;
  for (let scanned = 0; scanned < MAX_SCANNED; scanned += SLICE) {
    const page = await log.readStream(stream, { from: next, limit: SLICE });
    for (const event of page) {
      next = event.revision + 1;
      if (matches(event)) events.push(event);
      if (events.length === limit) return { events, next };
    }
    if (page.length < SLICE) return { events, next: undefined };
    await yieldTurn();
  }
  return { events, next };
}
