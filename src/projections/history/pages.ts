import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { streamName, type Category } from '../../domain/kernel/names.ts';
import {
  comparePositions,
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
}

/**
 * Events of a shop in the order of the log, a page at a time. A page looks at a bounded part of the
 * log only: it may hold less than was asked for, even nothing, and yet have a cursor to go on from.
 */
export async function readHistory(
  source: HistorySource,
  filter: HistoryFilter,
  { limit = DEFAULT_PAGE, cursor }: PageRequest,
): Promise<Page<HistoryEntry>> {
  const most = Math.max(1, Math.min(limit, MAX_PAGE));
  const place = cursor === undefined ? undefined : decodePlace(cursor);
  const options = { limit: most, wanted: wantedBy(source.storeId, filter) };
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
    return scanStreams(source, named, place, options);
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
  { limit, wanted }: ScanOptions,
): Promise<Scanned<Place>> {
  if (place && !('stream' in place)) throw badCursor();
  const events: RecordedEvent[] = [];
  let from = place?.from ?? 0;
  for (let index = place?.stream ?? 0; index < streams.length; index++) {
    const options = { limit: limit - events.length, wanted };
    const found = await scanStream(log, streams[index] as string, from, options);
    events.push(...found.events);
    if (found.next !== undefined) return { events, next: { stream: index, from: found.next } };
    from = 0;
  }
  return { events, next: undefined };
}

async function scanStore(
  source: HistorySource,
  { from, to, after }: HistoryFilter,
  place: Position | undefined,
  options: ScanOptions,
): Promise<Scanned<Place>> {
  const start = place ?? later(after, from && (await positionBefore(source.reads, from)));
  const end = to === undefined ? undefined : await positionUpTo(source.reads, to);
  return placed(await scanLog(source, start, end, options));
}

/** Those that the read model lists, then, for a very long correlation, the log behind them. */
async function scanCorrelation(
  source: HistorySource,
  correlationId: string,
  { after }: HistoryFilter,
  place: Position | undefined,
  options: ScanOptions,
): Promise<Scanned<Place>> {
  const { log, reads, storeId } = source;
  const known = await findCorrelation(reads, storeId, correlationId);
  const listed = (known?.events ?? []).map(({ position }) => parsePosition(position) ?? START);
  const start = place ?? after ?? START;
  const events: RecordedEvent[] = [];
  for (const position of listed) {
    if (comparePositions(position, start) <= 0) continue;
    const event = await log.readAt(position);
    if (event && options.wanted(event)) events.push(event);
    if (events.length === options.limit) return { events, next: { after: position } };
  }
  if (!known || known.count === listed.length) return { events, next: undefined };
  const behind = later(start, listed.at(-1));
  const rest = { ...options, limit: options.limit - events.length };
  const found = placed(await scanLog(source, behind, undefined, rest));
  return { events: [...events, ...found.events], next: found.next };
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
