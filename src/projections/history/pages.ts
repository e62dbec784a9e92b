import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { streamName, type Category } from '../../domain/kernel/names.ts';
import {
  comparePositions,
  END,
  parsePosition,
  START,
  type Position,
} from '../../domain/kernel/position.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { findCorrelation } from './by-correlation/queries.ts';
import { positionBefore, positionUpTo } from './by-time/queries.ts';
import {
  DEFAULT_PAGE,
  MAX_PAGE,
  type Page,
  type PageRequest,
  type Reads,
} from '../../engine/projections/reads.ts';
import { badCursor, decodePlace, encodePlace, type Place } from './cursor.ts';
import type { HistoryEntry } from './document.ts';
import { entryOf, type EventReader } from './entry.ts';
import { scanLog, scanStream, type Scanned, type ScanOptions } from './scan.ts';

/** What history is read from: the log, and the read models that know where to look in it. */
export interface HistorySource extends EventReader {
  readonly log: EventLog;
  /** Of the streams that belong to shops. */
  readonly categories: readonly Category[];
  readonly reads: Reads;
  readonly storeId: string;
}

/** All that is given must hold. Times are UTC as `Date.toISOString` writes them, both inclusive. */
export interface HistoryFilter {
  readonly stream?: string | undefined;
  /** Id of an order or a customer. */
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
}

/**
 * Events of a shop in the order of the log, or the newest first, a page at a time. A page looks at
 * a bounded part of the log only: it may hold less than was asked for, even nothing, and yet have a
 * cursor to go on from.
 */
export async function readHistory(
  source: HistorySource,
  filter: HistoryFilter,
  { limit = DEFAULT_PAGE, cursor }: PageRequest,
): Promise<Page<HistoryEntry>> {
  const most = Math.max(1, Math.min(limit, MAX_PAGE));
  const place = cursor === undefined ? undefined : decodePlace(cursor);
  const newest = filter.order === 'newest';
  const options = { limit: most, wanted: wantedBy(source.storeId, filter), newest };
  const { events, next } = await scan(source, filter, place, options);
  const items = events.map((event) => entryOf(source, event));
  return { items, ...(next && { nextCursor: encodePlace(next) }) };
}

function scan(
  source: HistorySource,
  filter: HistoryFilter,
  place: Place | undefined,
  options: ScanOptions,
): Promise<Scanned<Place>> {
  const { stream, entity, correlation } = filter;
  if (stream !== undefined) return scanStreams(source, [stream], place, options);
  if (entity !== undefined) {
    const named = source.categories.map((category) => streamName(category, source.storeId, entity));
    return scanStreams(source, options.newest ? named.reverse() : named, place, options);
  }
  if (place && !('after' in place)) throw badCursor();
  if (correlation !== undefined) {
    return scanCorrelation(source, correlation, filter, place?.after, options);
  }
  return scanStore(source, filter, place?.after, options);
}

async function scanStreams(
  { log }: HistorySource,
  streams: readonly string[],
  place: Place | undefined,
  { limit, ...how }: ScanOptions,
): Promise<Scanned<Place>> {
  if (place && !('stream' in place)) throw badCursor();
  const events: RecordedEvent[] = [];
  let from = place?.from;
  for (let index = place?.stream ?? 0; index < streams.length; index++) {
    const options = { ...how, limit: limit - events.length };
    const found = await scanStream(log, streams[index] as string, from, options);
    events.push(...found.events);
    if (found.next !== undefined) return { events, next: { stream: index, from: found.next } };
    from = undefined;
  }
  return { events, next: undefined };
}

async function scanStore(
  source: HistorySource,
  { from, to, after }: HistoryFilter,
  place: Position | undefined,
  options: ScanOptions,
): Promise<Scanned<Place>> {
  const first = later(after, from && (await positionBefore(source.reads, from)));
  const last = to === undefined ? undefined : await positionUpTo(source.reads, to);
  if (!options.newest) return placed(await scanLog(source, place ?? first, last, options));
  if (place || !last) return placed(await scanLog(source, place ?? END, first, options));
  return placed(await scanDownFrom(source, last, first, options));
}

/** Those that the read model lists, and, for a very long correlation, the log behind them. */
async function scanCorrelation(
  source: HistorySource,
  correlationId: string,
  { after }: HistoryFilter,
  place: Position | undefined,
  options: ScanOptions,
): Promise<Scanned<Place>> {
  const known = await findCorrelation(source.reads, source.storeId, correlationId);
  const positions = (known?.events ?? []).map(({ position }) => parsePosition(position) ?? START);
  const isComplete = !known || known.count === positions.length;
  const last = positions.at(-1) ?? START;
  if (options.newest) {
    const from = place ?? END;
    if (isComplete || comparePositions(from, last) <= 0) {
      return scanListed(source, positions.reverse(), from, options);
    }
    const found = placed(await scanLog(source, from, last, options));
    if (found.next) return found;
    const rest = { ...options, limit: options.limit - found.events.length };
    const listed = await scanListed(source, positions.reverse(), last, rest);
    return { events: [...found.events, ...listed.events], next: listed.next };
  }
  const start = place ?? after ?? START;
  const listed = await scanListed(source, positions, start, options);
  if (listed.next || isComplete) return listed;
  const rest = { ...options, limit: options.limit - listed.events.length };
  const found = placed(await scanLog(source, later(start, last), undefined, rest));
  return { events: [...listed.events, ...found.events], next: found.next };
}

/** Those of the positions that come after `start` in the order of the scan. */
async function scanListed(
  { log }: HistorySource,
  positions: readonly Position[],
  start: Position,
  { limit, wanted, newest = false }: ScanOptions,
): Promise<Scanned<Place>> {
  const events: RecordedEvent[] = [];
  for (const position of positions) {
    if (comparePositions(position, start) * (newest ? -1 : 1) <= 0) continue;
    const event = await log.readAt(position);
    if (event && wanted(event)) events.push(event);
    if (events.length === limit) return { events, next: { after: position } };
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
  const first = event && options.wanted(event) ? [event] : [];
  const limit = options.limit - first.length;
  if (limit === 0) return { events: first, next: position };
  const found = await scanLog(source, position, lowest, { ...options, limit });
  return { events: [...first, ...found.events], next: found.next };
}

function placed({ events, next }: Scanned<Position>): Scanned<Place> {
  return { events, next: next && { after: next } };
}

function later(one: Position | undefined, other: Position | '' | undefined): Position {
  if (!one || !other) return one ?? (other || START);
  return comparePositions(one, other) < 0 ? other : one;
}

/** Events of other shops are never wanted, whatever the filter says (K15). */
function wantedBy(storeId: string, filter: HistoryFilter): (event: RecordedEvent) => boolean {
  const { type, actor, device, correlation, from, to, after } = filter;
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
      (after === undefined || comparePositions(position, after) > 0)
    );
  };
}
