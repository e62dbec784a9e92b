import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import { approximateBytes } from '../../lib/approximate-bytes.ts';
import { createSliceSize } from '../../lib/slice-size.ts';
import type { HistorySource } from './pages.ts';

/** Events read in one turn of the event loop: fewer of large ones. */
const SLICES = { first: 2, max: 256, targetBytes: 262_144 };
/** Events that one page looks at, at most: the next page goes on from there. */
const MAX_SCANNED = 10_000;
/** Memory of the events of one page: events can be large. */
export const MAX_PAGE_BYTES = 1_048_576;

export interface Scanned<Start> {
  readonly events: readonly RecordedEvent[];
  /** The start of the next page; undefined at the end. */
  readonly next: Start | undefined;
}

export interface ScanOptions {
  readonly limit: number;
  readonly matches: (event: RecordedEvent) => boolean;
  /** Newest first: positions and revisions go down. */
  readonly newest?: boolean;
}

/** Scans the log from a position, up to another (included) or to its end. */
export async function scanLog(
  {
    log,
    categories,
    turns,
    storeId,
  }: Pick<HistorySource, 'log' | 'categories' | 'turns' | 'storeId'>,
  after: Position,
  upTo: Position | undefined,
  { limit, matches, newest = false }: ScanOptions,
): Promise<Scanned<Position>> {
  const events: RecordedEvent[] = [];
  const direction = newest ? 'backwards' : 'forwards';
  const order = newest ? -1 : 1;
  const isPast = (at: Position) => upTo !== undefined && order * comparePositions(at, upTo) > 0;
  let bytes = 0;
  const size = createSliceSize(SLICES);
  let position = after;
  for (let scanned = 0; scanned < MAX_SCANNED; scanned += size.next()) {
    const page = await log.readAll({ after: position, direction, limit: size.next(), categories });
    size.took(bytesOf(page.events));
    for (const event of page.events) {
      if (isPast(event.position)) return { events, next: undefined };
      if (!matches(event)) continue;
      events.push(event);
      bytes += approximateBytes(event.data, MAX_PAGE_BYTES);
      if (events.length === limit || bytes >= MAX_PAGE_BYTES) {
        return { events, next: event.position };
      }
    }
    position = page.position;
    if (page.atHead) return { events, next: undefined };
    if (upTo && order * comparePositions(position, upTo) >= 0) return { events, next: undefined };
    await turns.take(storeId);
  }
  return { events, next: position };
}

/** Scans one stream from a revision on; from its beginning, or its end, without one. */
export async function scanStream(
  { log, turns, storeId }: Pick<HistorySource, 'log' | 'turns' | 'storeId'>,
  stream: string,
  from: number | undefined,
  { limit, matches, newest = false }: ScanOptions,
): Promise<Scanned<number>> {
  const events: RecordedEvent[] = [];
  const direction = newest ? 'backwards' : 'forwards';
  const step = newest ? -1 : 1;
  let bytes = 0;
  const size = createSliceSize(SLICES);
  let next = from;
  for (let scanned = 0; scanned < MAX_SCANNED; scanned += size.next()) {
    const limitOfSlice = size.next();
    const page = await log.readStream(stream, {
      ...(next !== undefined && { from: next }),
      direction,
      limit: limitOfSlice,
    });
    size.took(bytesOf(page));
    for (const event of page) {
      next = event.revision + step;
      if (!matches(event)) continue;
      events.push(event);
      bytes += approximateBytes(event.data, MAX_PAGE_BYTES);
      if (next < 0) return { events, next: undefined };
      if (events.length === limit || bytes >= MAX_PAGE_BYTES) return { events, next };
    }
    if (page.length < limitOfSlice) return { events, next: undefined };
    await turns.take(storeId);
  }
  return { events, next };
}

function bytesOf(events: readonly RecordedEvent[]): number {
  return events.reduce((sum, { data }) => sum + approximateBytes(data, SLICES.targetBytes), 0);
}
