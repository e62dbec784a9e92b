import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { storeOf, SYSTEM_STORE } from '../../domain/kernel/names.ts';
import { shopOfOperator } from '../../domain/kernel/operator-actor.ts';
import { END, parsePosition, START } from '../../domain/kernel/position.ts';
import {
  DEFAULT_PAGE,
  MAX_PAGE,
  type Page,
  type PageRequest,
} from '../../engine/projections/reads.ts';
import type { FairTurns } from '../../lib/fair-turns.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { badCursor, decodeCursor, encodeCursor } from './cursor.ts';
import type { HistoryEntry } from './document.ts';
import { entryOf, type EventReader } from './entry.ts';
import { scanLog } from './scan.ts';

const CATEGORIES = ['projection', 'restore'] as const;
/** Events in the search for one by its id; with more, its position finds it. */
const MAX_SEARCHED_PAGES = 50;

export interface SystemSource extends EventReader {
  readonly log: EventLog;
  readonly turns: FairTurns;
  /** The shop of the caller. */
  readonly storeId: string;
}

export interface SystemFilter {
  /** Name of a read model, or of a feed. */
  readonly projection?: string | undefined;
  readonly type?: string | undefined;
  readonly order?: 'oldest' | 'newest' | undefined;
}

/** What the system and its operators did: skips, gaps, repairs, rebuilds and pauses. */
export async function readSystemHistory(
  source: SystemSource,
  { projection, type, order }: SystemFilter,
  { limit = DEFAULT_PAGE, cursor }: PageRequest,
): Promise<Page<HistoryEntry>> {
  const place = cursor === undefined ? undefined : decodeCursor(cursor);
  if (place && !('after' in place)) throw badCursor();
  const newest = order === 'newest';
  const { events, next } = await scanLog(
    scanned(source),
    place?.after ?? (newest ? END : START),
    undefined,
    {
      newest,
      limit: Math.max(1, Math.min(limit, MAX_PAGE)),
      matches: (event) =>
        isOfSystem(event) &&
        (type === undefined || event.type === type) &&
        (projection === undefined || dataOf(event)['projection'] === projection),
    },
  );
  const items = events.map((event) => entryOf(source, visible(event, source.storeId)));
  return { items, ...(next && { nextCursor: encodeCursor({ after: next }) }) };
}

/** One event of the system, by its position or its id. */
export async function findSystemEvent(
  source: SystemSource,
  name: string,
): Promise<HistoryEntry | undefined> {
  const position = parsePosition(name);
  const event = position ? await source.log.readAt(position) : await findById(source, name);
  return event && isOfSystem(event) ? entryOf(source, visible(event, source.storeId)) : undefined;
}

const scanned = ({ log, turns }: Omit<SystemSource, 'storeId'>) => ({
  log,
  turns,
  categories: CATEGORIES,
  storeId: SYSTEM_STORE,
});

async function findById(source: SystemSource, id: string): Promise<RecordedEvent | undefined> {
  const options = { newest: true, limit: 1, matches: (event: RecordedEvent) => event.id === id };
  let at = END;
  for (let page = 0; page < MAX_SEARCHED_PAGES; page++) {
    const { events, next } = await scanLog(scanned(source), at, undefined, options);
    if (events[0] || !next) return events[0];
    at = next;
  }
  return undefined;
}

function isOfSystem({ metadata }: RecordedEvent): boolean {
  return metadata.storeId === SYSTEM_STORE;
}

function dataOf({ data }: RecordedEvent): Readonly<Record<string, unknown>> {
  return data as Readonly<Record<string, unknown>>;
}

/** What an event of the system means, in one plain sentence. */
export function describeSystemEvent(event: RecordedEvent): string | undefined {
  const { projection, key = 'a document', kind, eventId, generation } = dataOf(event);
  const { detail = 'of another shop', reason = 'of another shop' } = dataOf(event);
  const name = String(projection);
  switch (event.type) {
    case 'GapFound':
      return `${name}: damage found (${String(kind)}) at ${String(key)}: ${String(detail)}`;
    case 'GapHealed':
      return `${name}: repaired ${String(key)} (${String(kind)})`;
    case 'ProjectionBlocked':
      return `${name} is blocked at event ${String(eventId)}: ${String(reason)}`;
    case 'EventSkipped':
      return `${name} skips event ${String(eventId)}: ${String(reason)}`;
    case 'RebuildStarted':
      return `${name}: rebuild of generation ${String(generation)} started: ${String(reason)}`;
    case 'RebuildCancelled':
      return `${name}: rebuild of generation ${String(generation)} cancelled`;
    case 'RebuildSwitched':
      return `${name}: generation ${String(generation)} answers queries`;
    case 'ProjectionPaused':
      return `${name} is paused: ${String(reason)}`;
    case 'ProjectionResumed':
      return `${name} is resumed`;
    case 'LogRestored':
      return `The log is an older copy (generation ${String(generation)}): ${String(reason)}`;
    default:
      return undefined;
  }
}

/** Stands for an operator of another shop. */
const OTHER_SHOP = 'another-shop';

/** The event without what only the shop that it concerns may know (K15). */
function visible(event: RecordedEvent, storeId: string): RecordedEvent {
  const owner = ownerOf(event);
  if (owner === undefined || owner === storeId) return event;
  const { key: _key, detail: _detail, reason: _reason, ...data } = dataOf(event);
  const { metadata } = event;
  if (metadata.actor.kind !== 'operator') return { ...event, data };
  const actor = { kind: 'operator', id: OTHER_SHOP } as const;
  return { ...event, data, metadata: { ...metadata, actor } };
}

/** The shop of the operator, or of the document, that the event is about. */
function ownerOf({ data, metadata }: RecordedEvent): string | undefined {
  const { actor } = metadata;
  if (actor.kind === 'operator') return shopOfOperator(actor.id) ?? OTHER_SHOP;
  const { key } = data as { readonly key?: unknown };
  return typeof key === 'string' && key.includes('.') ? storeOf(key) : undefined;
}
