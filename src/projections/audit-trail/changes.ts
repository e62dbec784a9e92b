import { ConflictError } from '../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { categoryOf } from '../../domain/kernel/names.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import { approximateBytes } from '../../lib/approximate-bytes.ts';
import { describeChanges, foldSteps, type HistorySource } from '../history/queries.ts';

/** Events folded for one page. The first entity of a page is always folded. */
const MAX_FOLDED = 20_000;
/** Memory of the changes of one page. */
const MAX_BYTES = 2 * 1_048_576;
/** Values that differ after every event and say nothing about it. */
const IGNORED = new Set(['revision', 'updatedAt']);

type Fields = Readonly<Record<string, unknown>>;

/** What one event did to its entity: the changed fields, by path. */
export interface BeforeAfter {
  readonly before: Fields | null;
  readonly after: Fields | null;
}

/** The read model that shows an entity of a category, for those that have one. */
export type EntityModels = ReadonlyMap<string, Projection>;

/**
 * What each of the events changed, by the id of the event. One pass over each entity serves all of
 * its events. An event is left out when the page already has too much to fold or to hold, and when
 * its entity cannot be read. The first event is only left out for the latter.
 */
export async function changesOf(
  source: HistorySource,
  models: EntityModels,
  events: readonly RecordedEvent[],
): Promise<ReadonlyMap<string, BeforeAfter>> {
  const changes = new Map<string, BeforeAfter>();
  const budget = { folded: 0, bytes: 0 };
  for (const [stream, ofStream] of byStream(events)) {
    const model = models.get(categoryOf(stream));
    if (!model) continue;
    if (budget.folded >= MAX_FOLDED || budget.bytes >= MAX_BYTES) break;
    await addChanges(source, model, { stream, ofStream }, changes, budget);
  }
  return changes;
}

async function addChanges(
  source: HistorySource,
  model: Projection,
  { stream, ofStream }: { readonly stream: string; readonly ofStream: readonly RecordedEvent[] },
  changes: Map<string, BeforeAfter>,
  budget: { folded: number; bytes: number },
): Promise<void> {
  const wanted = new Set(ofStream.map(({ id }) => id));
  const last = Math.max(...ofStream.map(({ revision }) => revision));
  let before: Fields | undefined;
  try {
    for await (const step of foldSteps(source, model, stream, ({ revision }) => revision > last)) {
      budget.folded += 1;
      const after = step.document as Fields | undefined;
      if (wanted.has(step.event.id)) {
        const change = between(before, after);
        budget.bytes += approximateBytes(change, MAX_BYTES);
        changes.set(step.event.id, change);
        if (budget.bytes >= MAX_BYTES) return;
      }
      before = after;
    }
  } catch (error) {
    // What this version cannot read has no known changes; the record of the event remains.
    if (!(error instanceof ConflictError)) throw error;
  }
}

/** The fields that differ, with their values before and after. */
export function between(before: Fields | undefined, after: Fields | undefined): BeforeAfter {
  if (!before || !after) return { before: shown(before), after: shown(after) };
  const changed = describeChanges(before, after);
  const pick = (side: 'before' | 'after') =>
    Object.fromEntries(changed.map((change) => [change.path, change[side] ?? null]));
  if (changed.length === 0) return { before: null, after: null };
  return { before: pick('before'), after: pick('after') };
}

function shown(fields: Fields | undefined): Fields | null {
  if (!fields) return null;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !IGNORED.has(name)));
}

function byStream(events: readonly RecordedEvent[]): Map<string, RecordedEvent[]> {
  const groups = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const group = groups.get(event.stream);
    if (group) group.push(event);
    else groups.set(event.stream, [event]);
  }
  return groups;
}
