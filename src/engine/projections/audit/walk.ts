import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { comparePositions, START, type Position } from '../../../domain/kernel/position.ts';
import type { DocumentWrite, StoredDocument } from '../../../ports/read-store.ts';
import type { Touch } from '../folding/fold.ts';
import { compare, isWrittenAlike } from '../folding/refold.ts';
import { createKeySet } from './key-set.ts';
import type { Generation } from '../folding/generation.ts';
import type { EngineContext } from '../context.ts';

const SCAN_PAGE = 500;

export interface WalkOptions {
  /** How far the documents are known to have been written. */
  readonly upTo: Position;
  /** Whether the order of fields counts as well. */
  readonly exact: boolean;
  /** Called between two pages: others get their turn, and it may take its time. */
  readonly pace: () => Promise<void>;
  /** Told how far it has come. */
  readonly onProgress: (position: Position) => void;
}

/** What one walk through the log found out about the documents of a read model. */
export interface ScanResult {
  /** Documents that are what their events say. */
  readonly sound: number;
  /** Keys whose documents are not, or may not be: to be looked at closely. */
  readonly suspects: ReadonlySet<string>;
  /** Documents that go on beyond `upTo`, as they are there. */
  readonly open: Map<string, DocumentWrite>;
}

/**
 * Reads the log once, from front to back, and folds it beside the documents (K6). A document is
 * compared and forgotten as soon as the fold has come to the event that it says it was written at,
 * so that only those are kept whose last event is still to come, however long the log is. Nothing
 * is written, and nobody is kept waiting; what differs is only a suspect for that reason.
 * @returns undefined when the member, or the engine, stopped before it was through.
 */
export async function walk(
  { log, store, limits, stopping }: EngineContext,
  member: Generation,
  { upTo, exact, pace, onProgress }: WalkOptions,
): Promise<ScanResult | undefined> {
  const collection = member.collection.name;
  const folded = new Map<string, DocumentWrite>();
  const stored = new Map<string, StoredDocument>();
  const settled = createKeySet();
  const suspects = new Set<string>();
  let sound = 0;

  const isOver = () => stopping.aborted || member.state !== 'live';

  function suspect(key: string): void {
    suspects.add(key);
    forget(key);
  }

  function forget(key: string): void {
    folded.delete(key);
    stored.delete(key);
  }

  /** The touches whose documents are still to be compared. */
  function relevant(touches: readonly Touch[]): Touch[] {
    return touches.flatMap(({ event, keys }) => {
      const wanted = keys.filter((key) => {
        if (suspects.has(key)) return false;
        // It had its last event, by what it says itself.
        if (settled.has(key)) suspect(key);
        return !suspects.has(key);
      });
      return wanted.length > 0 ? [{ event, keys: wanted }] : [];
    });
  }

  async function loadNew(touches: readonly Touch[]): Promise<void> {
    const keys = new Set(touches.flatMap((touch) => touch.keys));
    const missing = [...keys].filter((key) => !folded.has(key));
    for (const [key, document] of await store.load(collection, missing)) stored.set(key, document);
  }

  function judge(key: string, write: DocumentWrite): void {
    const found = stored.get(key);
    const ahead = found ? comparePositions(found.position, write.position) : -1;
    if (ahead > 0) {
      folded.set(key, write);
      return;
    }
    const expected = write.body === undefined ? undefined : write;
    const early = found && ahead < 0 && expected;
    if (early || compare(key, expected, found) || (exact && !isWrittenAlike(expected, found))) {
      suspect(key);
      return;
    }
    forget(key);
    // One that was deleted may come back, and then starts from nothing.
    if (!expected) return;
    settled.add(key);
    sound += 1;
  }

  async function take(events: readonly RecordedEvent[]): Promise<void> {
    const touches = relevant(member.fold.touches(events, member.skipped));
    await loadNew(touches);
    for (const [key, write] of member.fold.apply(touches, folded)) judge(key, write);
  }

  async function readLog(): Promise<void> {
    let position = START;
    while (comparePositions(position, upTo) < 0 && !isOver()) {
      const page = await log.readAll({
        after: position,
        limit: limits.sliceEvents,
        categories: member.projection.categories,
      });
      await take(page.events.filter((event) => comparePositions(event.position, upTo) <= 0));
      if (page.atHead) return;
      position = page.position;
      onProgress(position);
      await pace();
    }
  }

  /** Documents that no event makes. New ones of one stream are looked at as well. */
  async function readDocuments(): Promise<void> {
    for (let after = ''; !isOver();) {
      const page = await store.scan(collection, after, SCAN_PAGE);
      if (page.length === 0) return;
      after = page.at(-1)?.key ?? after;
      for (const { key, position } of page) {
        const isNew = !member.projection.streamOf && comparePositions(position, upTo) > 0;
        if (isNew || settled.has(key) || folded.has(key)) continue;
        suspects.add(key);
      }
      await pace();
    }
  }

  await readLog();
  await readDocuments();
  if (isOver()) return undefined;
  return { sound, suspects, open: folded };
}
