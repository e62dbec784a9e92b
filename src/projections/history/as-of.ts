import { upcast, type EventTypes } from '../../domain/kernel/event-types.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { unreadableEvent } from '../../domain/kernel/unreadable-event.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { yieldTurn } from '../../engine/projections/yield-turn.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';

const PAGE = 250;

/** A moment of an entity's life: after one of its revisions, or at a time (UTC, inclusive). */
export type Moment = { readonly revision: number } | { readonly at: string };

export interface EntityAsOf<Doc> {
  /** Of the last event that is in it. */
  readonly revision: number;
  readonly at: string;
  readonly document: Doc;
}

/**
 * The document that a stream's own read model had at a moment; as it is now without one.
 * @returns undefined when there was none then.
 * @throws ConflictError unreadable_event naming the event; earlier moments can still be read.
 */
export async function entityAsOf<Doc>(
  log: EventLog,
  types: EventTypes,
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
      document = fold(document, recorded);
      last = recorded;
    }
    if (page.length < PAGE) return finish();
    await yieldTurn();
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

  function finish(): EntityAsOf<Doc> | undefined {
    if (document === undefined || !last) return undefined;
    if (moment && 'revision' in moment && moment.revision > last.revision) return undefined;
    return { revision: last.revision, at: last.recordedAt, document };
  }
}

function isAfter({ revision, recordedAt }: RecordedEvent, moment: Moment): boolean {
  return 'revision' in moment ? revision > moment.revision : recordedAt > moment.at;
}
