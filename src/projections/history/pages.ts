import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { streamName, type Category } from '../../domain/kernel/names.ts';
import {
  comparePositions,
  parsePosition,
  START,
  type Position,
} from '../../domain/kernel/position.ts';
import { approximateBytes } from '../../lib/approximate-bytes.ts';
import type { FairTurns } from '../../lib/fair-turns.ts';
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
import { badCursor, decodeCursor, encodeCursor, type Cursor } from './cursor.ts';
import type { HistoryEntry } from './document.ts';
import { entryOf, type EventReader } from './entry.ts';
import { MAX_PAGE_BYTES, scanLog, scanStream, type Scanned, type ScanOptions } from './scan.ts';

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
}

/**
 * One page of a shop's events, in the order of the log. A page scans a bounded part of the log: it
 * may have fewer events than `limit`, even none, and still have a cursor to continue from.
 */
export async function readHistory(
  source: HistorySource,
  filter: HistoryFilter,
  { limit = DEFAULT_PAGE, cursor }: PageRequest,
): Promise<Page<HistoryEntry>> {
  const start = cursor === undefined ? undefined : decodeCursor(cursor);
  const options = {
    limit: Math.max(1, Math.min(limit, MAX_PAGE)),
    matches: matcherOf(source.storeId, filter),
  };
  const { events, next } = await scan(source, filter, start, options);
  const items = events.map((event) => entryOf(source, event));
  return { items, ...(next && { nextCursor: encodeCursor(next) }) };
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
    return scanStreams(source, streams, start, options);
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
  { limit, matches }: ScanOptions,
): Promise<Scanned<Cursor>> {
  if (start && !('stream' in start)) throw badCursor();
  const events: RecordedEvent[] = [];
  let from = start?.from ?? 0;
  for (let index = start?.stream ?? 0; index < streams.length; index++) {
    const options = { limit: limit - events.length, matches };
    const found = await scanStream(source, streams[index] as string, from, options);
    events.push(...found.events);
    if (found.next !== undefined) return { events, next: { stream: index, from: found.next } };
    from = 0;
  }
  return { events, next: undefined };
}

async function scanShop(
  source: HistorySource,
  { from, to, after }: HistoryFilter,
  cursor: Position | undefined,
  options: ScanOptions,
): Promise<Scanned<Cursor>> {
  const start = cursor ?? later(after, from && (await positionBefore(source.reads, from)));
  const end = to === undefined ? undefined : await positionUpTo(source.reads, to);
  return withCursor(await scanLog(source, start, end, options));
}

/** The events that the read model lists; for a very long correlation, then those after them. */
async function scanCorrelation(
  source: HistorySource,
  correlationId: string,
  { after }: HistoryFilter,
  cursor: Position | undefined,
  options: ScanOptions,
): Promise<Scanned<Cursor>> {
  const { log, reads, storeId } = source;
  const known = await findCorrelation(reads, storeId, correlationId);
  const listed = (known?.events ?? []).map(({ position }) => parsePosition(position) ?? START);
  const start = cursor ?? after ?? START;
  const events: RecordedEvent[] = [];
  let bytes = 0;
  for (const position of listed) {
    if (comparePositions(position, start) <= 0) continue;
    const event = await log.readAt(position);
    if (!event || !options.matches(event)) continue;
    events.push(event);
    bytes += approximateBytes(event.data, MAX_PAGE_BYTES);
    if (events.length === options.limit || bytes >= MAX_PAGE_BYTES) {
      return { events, next: { after: position } };
    }
  }
  if (!known || known.count === listed.length) return { events, next: undefined };
  const lastListed = later(start, listed.at(-1));
  const rest = { ...options, limit: options.limit - events.length };
  const found = withCursor(await scanLog(source, lastListed, undefined, rest));
  return { events: [...events, ...found.events], next: found.next };
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
