import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { canonicalJson } from '../../../domain/kernel/fingerprint.ts';
import { categoryOf, partsOf } from '../../../domain/kernel/names.ts';
import { comparePositions, type Position, START } from '../../../domain/kernel/position.ts';
import { belongsToLog } from '../../../engine/projections/folding/log-identity.ts';
import { approximateBytes } from '../../../lib/approximate-bytes.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { Digest } from '../../../ports/digest.ts';
import type { EventLog } from '../../../ports/event-log.ts';
import { formatCursor, type PullCursor, readCursor } from './cursor.ts';
import type { PulledEvent, PullPage, REFETCH_REASONS } from './document.ts';
import type { PullScope } from './scope.ts';

export { MAX_CURSOR_LENGTH } from './cursor.ts';
export { scopeOf } from './scope.ts';

/** Most events of one page. */
export const MAX_PULLED = 500;
/** And most data of it, unless its first event is larger. */
const MAX_PULLED_BYTES = 524_288;
/** Events of the first read of the log: what is read and not sent is read again. */
const FIRST_READ = 128;
/** Most events of all shops that one read of the log gets: those of others cost time as well. */
const MAX_READ = 2_000;
/** Reads of the log for one page. */
const MAX_READS = 7;

export interface PullRequest {
  readonly storeId: string;
  readonly scope: PullScope;
  /** Absent: from the first event. */
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
  /** What the device computed over all pages that it stored. */
  readonly checksum?: string | undefined;
}

export interface PullOptions {
  readonly log: EventLog;
  readonly digest: Digest;
  /** Signs the cursors of the shop. */
  readonly secret: string;
  readonly mask: (events: readonly RecordedEvent[]) => readonly RecordedEvent[];
}

type Reason = (typeof REFETCH_REASONS)[number];

const WORDS: Readonly<Record<Reason, string>> = {
  generation: 'the log of the server is another one, or an older copy that was restored',
  scope: 'the caller may see more or less than before',
  checksum: 'the device does not have what was sent to it',
};

/**
 * A page of what a device may see of its shop, after what it has stored. The cursor moves past
 * events that it may not see as well.
 * @throws DomainError cursor_invalid, cursor_of_other_shop
 */
export async function pullPage(options: PullOptions, request: PullRequest): Promise<PullPage> {
  const { log } = options;
  const { storeId, scope } = request;
  const logId = await log.logId();
  const start: PullCursor = { storeId, logId, position: START, scope: scope.name, checksum: '' };
  const from = request.cursor === undefined ? start : readCursor(request.cursor, storeId, options);
  const reason = await refetchReason(log, from, request);
  if (reason) {
    const resumeAt = formatCursor(start, options);
    const none = { items: [], prevChecksum: '', checksum: '', upToDate: false };
    return { ...none, cursor: resumeAt, mustRefetch: { reason, detail: WORDS[reason], resumeAt } };
  }
  const { events, position, isAtHead } = await readEvents(log, from.position, request);
  const seen = scope.isMasked ? options.mask(events) : events;
  const items = seen.map(pulledEvent);
  const { checksum: prevChecksum } = from;
  const checksum = checksumAfter(prevChecksum, items, options.digest);
  const eventId = await eventAt(log, from, events.at(-1), position);
  const next = { ...from, logId, position, eventId, checksum };
  const cursor = formatCursor(next, options);
  return { items, cursor, prevChecksum, checksum, upToDate: isAtHead };
}

/** Over the canonical text of each page; a page without events changes nothing. */
export function checksumAfter(
  before: string,
  items: readonly PulledEvent[],
  digest: Pick<Digest, 'sha256'>,
): string {
  return items.length === 0 ? before : digest.sha256(`${before}\n${canonicalJson(items)}`);
}

async function refetchReason(
  log: EventLog,
  from: PullCursor,
  { scope, checksum }: PullRequest,
): Promise<Reason | undefined> {
  const { logId, position, eventId } = from;
  if (!(await belongsToLog(log, { logId, position, eventId }))) return 'generation';
  if (from.scope !== scope.name) return 'scope';
  return checksum === undefined || checksum === from.checksum ? undefined : 'checksum';
}

interface ReadEvents {
  readonly events: readonly RecordedEvent[];
  /** How far the log was looked through. */
  readonly position: Position;
  readonly isAtHead: boolean;
}

async function readEvents(
  log: EventLog,
  after: Position,
  { storeId, scope: { categories }, limit = MAX_PULLED }: PullRequest,
): Promise<ReadEvents> {
  const events: RecordedEvent[] = [];
  let position = after;
  let bytes = 0;
  if (categories.length === 0) return { events, position, isAtHead: true };
  let size = Math.min(limit + 1, FIRST_READ);
  for (let reads = 0; reads < MAX_READS; reads++) {
    const page = await log.readAll({ after: position, categories, limit: size });
    for (const event of page.events) {
      const isOwn = event.metadata.storeId === storeId && event.unreadable === undefined;
      if (isOwn) {
        bytes += approximateBytes(event.data, MAX_PULLED_BYTES);
        const isFull = events.length >= limit || (bytes > MAX_PULLED_BYTES && events.length > 0);
        if (isFull) return { events, position, isAtHead: false };
        events.push(event);
      }
      position = event.position;
    }
    position = page.position;
    if (page.atHead) return { events, position, isAtHead: true };
    size = nextSize(size, { found: events.length, bytes, room: limit - events.length });
  }
  return { events, position, isAtHead: false };
}

/** As many events as the page has room for, going by those found; twice as many where few are. */
function nextSize(
  size: number,
  { found, bytes, room }: { readonly found: number; readonly bytes: number; readonly room: number },
): number {
  if (found < size / 2) return Math.min(MAX_READ, size * 2);
  const left = (MAX_PULLED_BYTES - bytes) / Math.max(1, bytes / found);
  return Math.max(1, Math.min(MAX_READ, Math.ceil(left), room) + 1);
}

/** The event at the place that a cursor names, by which the same log is known again. */
async function eventAt(
  log: EventLog,
  from: PullCursor,
  last: RecordedEvent | undefined,
  position: Position,
): Promise<string | undefined> {
  if (comparePositions(position, from.position) === 0) return from.eventId;
  if (last && comparePositions(last.position, position) === 0) return last.id;
  return (await log.readAt(position))?.id;
}

function pulledEvent(event: RecordedEvent): PulledEvent {
  const { id, stream, revision, type, data, metadata, recordedAt } = event;
  const { actor, deviceId, schemaVersion: version } = metadata;
  const entity = `${categoryOf(stream)}:${partsOf(stream).parts.join('.')}`;
  return {
    ...{ id, entity, revision, type, version, data, actor: actor.id },
    ...omitUndefined({ deviceId }),
    recordedAt,
  };
}
