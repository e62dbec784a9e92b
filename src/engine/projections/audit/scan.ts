import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { comparePositions, type Position, START } from '../../../domain/kernel/position.ts';
import type { DocumentWrite, StoredDocument } from '../../../ports/read-store.ts';
import type { EngineContext } from '../context.ts';
import { compare, hasSameFieldOrder } from '../folding/compare.ts';
import type { Touch } from '../folding/fold.ts';
import type { Generation } from '../folding/generation.ts';
import { createKeySet } from './key-set.ts';

const SCAN_PAGE = 500;

export interface ScanOptions {
  /** Position up to which the documents are known to be written. */
  readonly upTo: Position;
  /** Whether the order of fields is compared as well. */
  readonly exact: boolean;
  /** Awaited between two pages: lets other work run, and may sleep. */
  readonly pace: () => Promise<void>;
  /** Called with the position that the scan has reached. */
  readonly onProgress: (position: Position) => void;
}

/** What one pass over the log found out about the documents of a read model. */
export interface ScanResult {
  /** Documents that are the fold of their events. */
  readonly matching: number;
  /** Keys whose documents are not, or may not be: they need an exact check. */
  readonly suspects: ReadonlySet<string>;
  /** Documents with events after `upTo`, folded up to there. */
  readonly open: Map<string, DocumentWrite>;
}

/**
 * Reads the log once, from front to back, and folds it beside the documents (K6). A document is
 * compared and forgotten as soon as the fold reaches the event at whose position it was written, so
 * memory holds only documents whose last event is still to come, however long the log is. Nothing
 * is written and no lock is taken, so a document that differs is only a suspect.
 * @returns undefined when the generation, or the engine, stopped before the end.
 */
export async function scanLog(
  { log, store, limits, stopping }: EngineContext,
  generation: Generation,
  { upTo, exact, pace, onProgress }: ScanOptions,
): Promise<ScanResult | undefined> {
  const collection = generation.collection.name;
  const folded = new Map<string, DocumentWrite>();
  const stored = new Map<string, StoredDocument>();
  const compared = createKeySet();
  const suspects = new Set<string>();
  let matching = 0;

  const isOver = () => stopping.aborted || generation.state !== 'live';

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
        // By its stored position it had no further event.
        if (compared.has(key)) suspect(key);
        return !suspects.has(key);
      });
      return wanted.length > 0 ? [{ event, keys: wanted }] : [];
    });
  }

  /** Loads the documents that the fold meets for the first time. */
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
    if (early || compare(key, expected, found) || (exact && !hasSameFieldOrder(expected, found))) {
      suspect(key);
      return;
    }
    forget(key);
    // A deleted document may be created again, and is then folded from nothing.
    if (!expected) return;
    compared.add(key);
    matching += 1;
  }

  async function take(events: readonly RecordedEvent[]): Promise<void> {
    const touches = relevant(generation.fold.touches(events, generation.skipped));
    await loadNew(touches);
    for (const [key, write] of generation.fold.apply(touches, folded)) judge(key, write);
  }

  async function readLog(): Promise<void> {
    let position = START;
    while (comparePositions(position, upTo) < 0 && !isOver()) {
      const page = await log.readAll({
        after: position,
        limit: limits.sliceEvents,
        categories: generation.projection.categories,
      });
      await take(page.events.filter((event) => comparePositions(event.position, upTo) <= 0));
      if (page.atHead) return;
      position = page.position;
      onProgress(position);
      await pace();
    }
  }

  /** Finds documents that no event makes. New documents of one stream are suspects as well. */
  async function readDocuments(): Promise<void> {
    for (let after = ''; !isOver();) {
      const page = await store.scan(collection, after, SCAN_PAGE);
      if (page.length === 0) return;
      after = page.at(-1)?.key ?? after;
      for (const { key, position } of page) {
        const isNew = !generation.projection.streamOf && comparePositions(position, upTo) > 0;
        if (isNew || compared.has(key) || folded.has(key)) continue;
        suspects.add(key);
      }
      await pace();
    }
  }

  await readLog();
  await readDocuments();
  if (isOver()) return undefined;
  return { matching, suspects, open: folded };
}
