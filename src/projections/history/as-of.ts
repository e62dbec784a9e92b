import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { upcast } from '../../domain/kernel/event-types.ts';
import { unreadableEvent } from '../../domain/kernel/unreadable-event.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import { approximateBytes } from '../../lib/approximate-bytes.ts';
import { createSliceSize } from '../../lib/slice-size.ts';
import type { HistorySource } from './pages.ts';

/** Events read in one turn of the event loop: fewer of large ones. */
const SLICES = { first: 16, max: 128, targetBytes: 262_144 };

/** A moment of an entity: after one of its revisions, or at a time (UTC, inclusive). */
export type Moment = { readonly revision: number } | { readonly at: string };

export interface EntityAsOf<Doc> {
  /** Revision of the last event that it includes. */
  readonly revision: number;
  readonly at: string;
  readonly document: Doc;
}

type FoldSource = Pick<HistorySource, 'log' | 'types' | 'turns' | 'storeId'>;

/**
 * The document that the stream's own read model had at a moment; without one, its present document.
 * @returns undefined if it did not exist at that moment.
 * @throws ConflictError unreadable_event naming the event; earlier moments can still be read.
 */
export async function entityAsOf<Doc>(
  source: FoldSource,
  projection: Projection<Doc>,
  stream: string,
  moment: Moment | undefined,
): Promise<EntityAsOf<Doc> | undefined> {
  let last: FoldStep<Doc> | undefined;
  const isBeyond = (event: RecordedEvent) => moment !== undefined && isAfter(event, moment);
  for await (const step of foldSteps(source, projection, stream, isBeyond)) last = step;
  if (last?.document === undefined) return undefined;
  const { event, document } = last;
  if (moment && 'revision' in moment && moment.revision > event.revision) return undefined;
  return { revision: event.revision, at: event.recordedAt, document };
}

/** The entity after one of its events. */
export interface FoldStep<Doc> {
  readonly event: RecordedEvent;
  readonly document: Doc | undefined;
}

/** Folds a stream event by event, up to the first one that `isBeyond`. */
export async function* foldSteps<Doc>(
  { log, types, turns, storeId }: FoldSource,
  projection: Projection<Doc>,
  stream: string,
  isBeyond: (event: RecordedEvent) => boolean,
): AsyncGenerator<FoldStep<Doc>> {
  let document: Doc | undefined;
  const size = createSliceSize(SLICES);
  for (let from = 0; ;) {
    const limit = size.next();
    const page = await log.readStream(stream, { from, limit });
    from += page.length;
    for (const recorded of page) {
      if (isBeyond(recorded)) return;
      document = fold(document, recorded);
      yield { event: recorded, document };
    }
    if (page.length < limit) return;
    size.took(page.reduce((sum, { data }) => sum + approximateBytes(data, SLICES.targetBytes), 0));
    await turns.take(storeId);
  }

  function fold(before: Doc | undefined, recorded: RecordedEvent): Doc | undefined {
    try {
      const event = upcast(types, recorded);
      return projection
        .keys(event)
        .reduce((after: Doc | undefined, key) => projection.evolve(after, event, key), before);
    } catch (cause) {
      throw unreadableEvent(recorded, cause);
    }
  }
}

function isAfter({ revision, recordedAt }: RecordedEvent, moment: Moment): boolean {
  return 'revision' in moment ? revision > moment.revision : recordedAt > moment.at;
}
