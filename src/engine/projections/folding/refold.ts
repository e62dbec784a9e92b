import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { canonicalJson } from '../../../domain/kernel/fingerprint.ts';
import { partsOf } from '../../../domain/kernel/names.ts';
import {
  comparePositions,
  formatPosition,
  START,
  type Position,
} from '../../../domain/kernel/position.ts';
import type { DocumentWrite, StoredDocument } from '../../../ports/read-store.ts';
import { CheckpointMovedError, yieldTurn } from '../lifecycle/catch-up.ts';
import { PoisonEventError } from './fold.ts';
import type { Generation } from './generation.ts';
import { positionBefore } from '../position-by-time.ts';
import type { EngineContext } from '../context.ts';

const STREAM_PAGE = 500;

export type DamageKind = 'missing' | 'extra' | 'different';

/** A field that is not what the events say; undefined where there is none. */
export interface FieldDiff {
  readonly field: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** A document that is not what its events say. */
export interface Mismatch {
  readonly key: string;
  readonly kind: DamageKind;
  /**
   * Top-level fields that differ, and `position` or `storeId` when the document claims another one.
   * None where a document is missing or should not be there.
   */
  readonly differences: readonly FieldDiff[];
}

/** The names of the fields that differ, for a record. */
export function fieldsOf({ differences }: Mismatch): string {
  return differences.map(({ field }) => field).join(', ');
}

export type Folded = ReadonlyMap<string, DocumentWrite>;

/** The documents that one stream makes, from its first event up to a position. */
export async function foldStream(
  { log }: EngineContext,
  member: Generation,
  stream: string,
  upTo: Position,
): Promise<Folded> {
  const folded = new Map<string, DocumentWrite>();
  let from = 0;
  for (;;) {
    const page = await log.readStream(stream, { from, limit: STREAM_PAGE });
    const events = page.filter((event) => comparePositions(event.position, upTo) <= 0);
    foldInto(member, folded, events);
    if (page.length < STREAM_PAGE || events.length < page.length) return present(folded);
    from += page.length;
  }
}

/**
 * Folds what the log has between two positions onto the documents of these keys.
 * @returns how many events there were.
 */
export async function foldLog(
  { log, limits }: EngineContext,
  member: Generation,
  range: { after: Position; upTo: Position },
  folded: Map<string, DocumentWrite>,
  only: ReadonlySet<string>,
): Promise<number> {
  let count = 0;
  let position = range.after;
  while (comparePositions(position, range.upTo) < 0) {
    const page = await log.readAll({
      after: position,
      limit: limits.sliceEvents,
      categories: member.projection.categories,
    });
    const events = page.events.filter((e) => comparePositions(e.position, range.upTo) <= 0);
    foldInto(member, folded, events, only);
    count += events.length;
    if (page.atHead) break;
    position = page.position;
    await yieldTurn();
  }
  return count;
}

function foldInto(
  member: Generation,
  folded: Map<string, DocumentWrite>,
  events: readonly RecordedEvent[],
  only?: ReadonlySet<string>,
): void {
  const touches = member.fold.touches(events, member.skipped).flatMap(({ event, keys }) => {
    const wanted = only ? keys.filter((key) => only.has(key)) : keys;
    return wanted.length > 0 ? [{ event, keys: wanted }] : [];
  });
  for (const [key, write] of member.fold.apply(touches, folded)) folded.set(key, write);
}

export function present(folded: ReadonlyMap<string, DocumentWrite>): Folded {
  return new Map([...folded].filter(([, { body }]) => body !== undefined));
}

/** What is wrong with a stored document, if anything. */
export function compare(
  key: string,
  expected: DocumentWrite | undefined,
  stored: StoredDocument | undefined,
): Mismatch | undefined {
  const isThere = stored !== undefined && stored.body !== undefined;
  if (!expected) return isThere ? { key, kind: 'extra', differences: [] } : undefined;
  if (!isThere) return { key, kind: 'missing', differences: [] };
  const a = expected.body as Record<string, unknown>;
  const b = stored.body as Record<string, unknown>;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  const differences: FieldDiff[] = [...names]
    .filter((name) => canonicalJson(a[name]) !== canonicalJson(b[name]))
    .map((field) => ({ field, expected: a[field], found: b[field] }));
  if (comparePositions(expected.position, stored.position) !== 0) {
    const [at, claimed] = [expected, stored].map(({ position }) => formatPosition(position));
    differences.push({ field: 'position', expected: at, found: claimed });
  }
  if (expected.storeId !== stored.storeId) {
    differences.push({ field: 'storeId', expected: expected.storeId, found: stored.storeId });
  }
  return differences.length > 0 ? { key, kind: 'different', differences } : undefined;
}

/**
 * Whether a document stands there as the events make it, to the order of its fields. Another order
 * is no damage; it is left by an event that came after others which overtook it.
 */
export function isWrittenAlike(
  expected: DocumentWrite | undefined,
  stored: StoredDocument | undefined,
): boolean {
  return JSON.stringify(expected?.body) === JSON.stringify(stored?.body);
}

/**
 * The document as the log says up to a position: by its stream, or by a scan where many feed it.
 */
export async function foldKey(
  context: EngineContext,
  member: Generation,
  key: string,
  upTo: Position,
): Promise<DocumentWrite | undefined> {
  const stream = member.projection.streamOf?.(key);
  if (stream) return (await foldStream(context, member, stream, upTo)).get(key);
  const folded = new Map<string, DocumentWrite>();
  const after = await positionBefore(context.log, member.projection.recordedFrom?.(key));
  await foldLog(context, member, { after, upTo }, folded, new Set([key]));
  return present(folded).get(key);
}

/**
 * What looks like a poison event may be a sound one that met a damaged document. Compares the
 * documents that it touches with the log up to the member's checkpoint, and puts back what differs.
 * For a member on its own that has written everything before the event. True when it did anything.
 */
export async function repairPoisonedDocument(
  context: EngineContext,
  member: Generation,
  event: RecordedEvent,
): Promise<boolean> {
  const { journal, store } = context;
  const projection = member.projection.name;
  const upTo = member.checkpoint?.position ?? START;
  try {
    const keys = member.fold.touches([event], member.skipped).flatMap((touch) => touch.keys);
    const stored = await store.load(member.collection.name, keys);
    for (const key of keys) {
      const found = stored.get(key);
      if (found && comparePositions(found.position, event.position) >= 0) continue;
      const expected = await foldKey(context, member, key, upTo);
      const damage = compare(key, expected, found);
      if (!damage) continue;
      const { kind } = damage;
      await journal.record(projection, 'GapFound', { key, kind, detail: fieldsOf(damage) });
      await restoreDocuments(context, member, upTo, new Map([[key, expected]]));
      await journal.record(projection, 'GapHealed', { key, kind });
      return true;
    }
  } catch (error) {
    if (!(error instanceof PoisonEventError)) throw error;
  }
  return false;
}

/**
 * Puts documents back to what the log says. To be called inside the writing section with a member
 * that has applied everything up to `upTo`. The raised epoch tells older writers to fold again.
 */
export async function restoreDocuments(
  context: EngineContext,
  member: Generation,
  upTo: Position,
  repairs: ReadonlyMap<string, DocumentWrite | undefined>,
): Promise<void> {
  const { store } = context;
  const stored = await store.load(member.collection.name, [...repairs.keys()]);
  const writes = [...repairs].map(([key, expected]): DocumentWrite => {
    const epoch = (stored.get(key)?.epoch ?? 0) + 1;
    if (expected) return { ...expected, epoch };
    return { key, storeId: partsOf(key).storeId, position: upTo, epoch, body: undefined };
  });
  const name = member.collection.name;
  const at = member.checkpoint;
  const outcome = await store.commit({
    documents: [{ collection: member.collection, writes }],
    checkpoints: at ? [{ name, from: at, to: at }] : [],
  });
  if (outcome.outcome !== 'done') throw new CheckpointMovedError(outcome.name);
}
