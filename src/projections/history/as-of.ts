import { upcast } from '../../domain/kernel/event-types.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { HistorySource } from './pages.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';

const PAGE = 100;

/** A moment of an entity: after one of its revisions, or at a time (UTC, inclusive). */
export type Moment = { readonly revision: number } | { readonly at: string };

export interface EntityAsOf<Doc> {
  /** Revision of the last event that it includes. */
  readonly revision: number;
  readonly at: string;
  readonly document: Doc;
}

/**
 * The document that the stream's own read model had at a moment; without one, its present document.
 * @returns undefined if it did not exist at that moment.
 * @throws UnreadableEventError for an event of a newer version.
 */
export async function entityAsOf<Doc>(
  { log, types, turns, storeId }: Pick<HistorySource, 'log' | 'types' | 'turns' | 'storeId'>,
  projection: Projection<Doc>,
  stream: string,
  moment: Moment | undefined,
): Promise<EntityAsOf<Doc> | undefined> {
  let document: Doc | undefined;
  let last: RecordedEvent | undefined;
  for (let from = 0; ; from += PAGE) {
    const page = await log.readStream(stream, { from, limit: PAGE });
    for (const recorded of page) {
      if (moment && isAfter(recorded, moment)) return finish();
      const event = upcast(types, recorded);
      for (const key of projection.keys(event)) document = projection.evolve(document, event, key);
      last = recorded;
    }
    if (page.length < PAGE) return finish();
    await turns.take(storeId);
  }

  function finish(): EntityAsOf<Doc> | undefined {
    if (document === undefined || !last) return undefined;
    if (moment && 'revision' in moment && moment.revision > last.revision) return undefined;
    return { revision: last.revision, at: last.recordedAt, document };
  }
}

function isAfter({ revision, recordedAt }: RecordedEvent, moment: Moment): boolean {
  return 'revision' in moment ? revision > moment.revision : recordedAt > moment.at;
}
