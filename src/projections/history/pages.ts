import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { type Category, streamName } from '../../domain/kernel/names.ts';
import {
  comparePositions,
  END,
  parsePosition,
  type Position,
  START,
} from '../../domain/kernel/position.ts';
import {
  DEFAULT_PAGE,
  MAX_PAGE,
  type Page,
  type PageRequest,
  type Reads,
} from '../../engine/projections/reads.ts';
import { approximateBytes } from '../../lib/approximate-bytes.ts';
import type { FairTurns } from '../../lib/fair-turns.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { findCorrelation } from './by-correlation/queries.ts';
import { positionBefore, positionUpTo } from './by-time/queries.ts';
import { badCursor, type Cursor, decodeCursor, encodeCursor } from './cursor.ts';
import type { HistoryEntry } from './document.ts';
import { entryOf, type EventReader } from './entry.ts';
import { MAX_PAGE_BYTES, scanLog, type Scanned, type ScanOptions, scanStream } from './scan.ts';

/** The sources of history: the log, and the read models that index it. */
export interface HistorySource extends EventReader {
  readonly log: EventLog;
  /** Of the streams that belong to shops. */
  readonly categories: readonly Category[];
  readonly reads: Reads;
  readonly turns: FairTurns;
  readonly storeId: string;
}

/** An event must match all fields. Times are UTC like `Date.toISOString`, both inclusive. */
export interface HistoryFilter {
  readonly stream?: string | undefined;
  /** Id of an order or of a customer. */
  readonly entity?: string | undefined;
  readonly type?: string | undefined;
  readonly actor?: string | undefined;
  readonly device?: string | undefined;
  readonly correlation?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Exclusive. */
  readonly after?: Position | undefined;
  /** Default the order of the log. */
  readonly order?: 'oldest' | 'newest' | undefined;
  /** Conditions of its own, for one that looks into events. */
  readonly where?: ((event: RecordedEvent) => boolean) | undefined;
}

/** Events of one page, and the cursor to the next one. */
export interface EventPage {
  readonly events: readonly RecordedEvent[];
  readonly nextCursor?: string;
}

/**
 * One page of a shop's events, oldest or newest first. A page scans a bounded part of the log: it
 * may have fewer events than `limit`, even none, and still have a cursor to continue from.
 */
export async function readHistory(
  source: HistorySource,
  filter: HistoryFilter,
  page: PageRequest,
): Promise<Page<HistoryEntry>> {
  const { events, ...next } = await readEvents(source, filter, page);
  return { items: events.map((event) => entryOf(source, event)), ...next };
}

/** The events behind a page of history. */
export async function readEvents(
  source: HistorySource,
  filter: HistoryFilter,
  { limit = DEFAULT_PAGE, cursor }: PageRequest,
): Promise<EventPage> {
  const start = cursor === undefined ? undefined : decodeCursor(cursor);
  const options = {
    limit: Math.max(1, Math.min(limit, MAX_PAGE)),
    matches: matcherOf(source.storeId, filter),
    newest: filter.order === 'newest',
  };
  const { events, next } = await scan(source, filter, start, options);
  return { events, ...(next && { nextCursor: encodeCursor(next) }) };
}

function scan(
  source: HistorySource,
  filter: HistoryFilter,
  start: Cursor | undefined,
  options: ScanOptions,
): Promise<Scanned<Cursor>> {
  const { stream, entity, correlation } = filter;
  if (stream !== undefined) return scanStreams(source, [stream], start, options);
  if (entity !== undefined) {
    const streams = source.categories.map((category) =>
      streamName(category, source.storeId, entity),
    );
    return scanStreams(source, options.newest ? streams.reverse() : streams, start, options);
  }
  if (start && !('after' in start)) throw badCursor();
  if (correlation !== undefined) {
    return scanCorrelation(source, correlation, filter, start?.after, options);
  }
  return scanShop(source, filter, start?.after, options);
}

async function scanStreams(
  source: HistorySource,
  streams: readonly string[],
  start: Cursor | undefined,
  { limit, ...how }: ScanOptions,
): Promise<Scanned<Cursor>> {
  if (start && !('stream' in start)) throw badCursor();
  const events: RecordedEvent[] = [];
  let from = start?.from;
  for (let index = start?.stream ?? 0; index < streams.length; index++) {
    const options = { ...how, limit: limit - events.length };
    const found = await scanStream(source, streams[index] as string, from, options);
    events.push(...found.events);
    if (found.next !== undefined) return { events, next: { stream: index, from: found.next } };
    from = undefined;
  }
  return { events, next: undefined };
}

async function scanShop(
  source: HistorySource,
  { from, to, after }: HistoryFilter,
  cursor: Position | undefined,
  options: ScanOptions,
): Promise<Scanned<Cursor>> {
  const first = later(after, from && (await positionBefore(source.reads, from)));
  const last = to === undefined ? undefined : await positionUpTo(source.reads, to);
  if (!options.newest) return withCursor(await scanLog(source, cursor ?? first, last, options));
  if (cursor || !last) return withCursor(await scanLog(source, cursor ?? END, first, options));
  return withCursor(await scanDownFrom(source, last, first, options));
}

/** Those that the read model lists, and, for a very long correlation, the log behind them. */
async function scanCorrelation(
  source: HistorySource,
  correlationId: string,
  { after }: HistoryFilter,
  cursor: Position | undefined,
  options: ScanOptions,
): Promise<Scanned<Cursor>> {
  const known = await findCorrelation(source.reads, source.storeId, correlationId);
  const positions = (known?.events ?? []).map(({ position }) => parsePosition(position) ?? START);
  const isComplete = !known || known.count === positions.length;
  const last = positions.at(-1) ?? START;
  if (options.newest) {
    const from = cursor ?? END;
    if (isComplete || comparePositions(from, last) <= 0) {
      return scanListed(source, positions.reverse(), from, options);
    }
    const found = withCursor(await scanLog(source, from, last, options));
    if (found.next) return found;
    const rest = { ...options, limit: options.limit - found.events.length };
    const listed = await scanListed(source, positions.reverse(), last, rest);
    return { events: [...found.events, ...listed.events], next: listed.next };
  }
  const start = cursor ?? after ?? START;
  const listed = await scanListed(source, positions, start, options);
  if (listed.next || isComplete) return listed;
  const rest = { ...options, limit: options.limit - listed.events.length };
  const found = withCursor(await scanLog(source, later(start, last), undefined, rest));
  return { events: [...listed.events, ...found.events], next: found.next };
}

/** Those of the positions that come after `start` in the order of the scan. */
async function scanListed(
  { log }: HistorySource,
  positions: readonly Position[],
  start: Position,
  { limit, matches, newest = false }: ScanOptions,
): Promise<Scanned<Cursor>> {
  const events: RecordedEvent[] = [];
  let bytes = 0;
  for (const position of positions) {
    if (comparePositions(position, start) * (newest ? -1 : 1) <= 0) continue;
    const event = await log.readAt(position);
    if (!event || !matches(event)) continue;
    events.push(event);
    bytes += approximateBytes(event.data, MAX_PAGE_BYTES);
    if (events.length === limit || bytes >= MAX_PAGE_BYTES) {
      return { events, next: { after: position } };
    }
  }
  return { events, next: undefined };
}

/** The event at a position, then those before it, down to another. */
async function scanDownFrom(
  source: HistorySource,
  position: Position,
  lowest: Position,
  options: ScanOptions,
): Promise<Scanned<Position>> {
  const event = await source.log.readAt(position);
  const first = event && options.matches(event) ? [event] : [];
  const limit = options.limit - first.length;
  if (limit === 0) return { events: first, next: position };
  const found = await scanLog(source, position, lowest, { ...options, limit });
  return { events: [...first, ...found.events], next: found.next };
}

function withCursor({ events, next }: Scanned<Position>): Scanned<Cursor> {
  return { events, next: next && { after: next } };
}

function later(first: Position | undefined, second: Position | '' | undefined): Position {
  if (!first || !second) return first ?? (second || START);
  return comparePositions(first, second) < 0 ? second : first;
}

/** No filter matches events of other shops (K15). */
function matcherOf(storeId: string, filter: HistoryFilter): (event: RecordedEvent) => boolean {
  const { type, actor, device, correlation, from, to, after, where } = filter;
  return (event) => {
    const { metadata, recordedAt, position } = event;
    return (
      metadata.storeId === storeId &&
      (type === undefined || event.type === type) &&
      (actor === undefined || metadata.actor.id === actor) &&
      (device === undefined || metadata.deviceId === device) &&
      (correlation === undefined || metadata.correlationId === correlation) &&
      (from === undefined || recordedAt >= from) &&
      (to === undefined || recordedAt <= to) &&
      (after === undefined || comparePositions(position, after) > 0) &&
      (where === undefined || where(event))
    );
  };
}
