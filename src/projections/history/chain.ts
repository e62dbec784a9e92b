import { parsePosition, START, type Position } from '../../domain/kernel/position.ts';
import { storeOf } from '../../domain/kernel/names.ts';
import type { CorrelatedEvent } from './by-correlation/document.ts';
import { findCorrelation } from './by-correlation/queries.ts';
import type { HistoryEntry } from './document.ts';
import { entryOf } from './entry.ts';
import type { HistorySource } from './pages.ts';

/** Most effects that one response lists. */
const MAX_EFFECTS = 200;

/** An event with its causes and effects. */
export interface Chain {
  readonly event: HistoryEntry;
  /** From the first event of the request to the direct cause. */
  readonly causes: readonly HistoryEntry[];
  /** All events that it caused, directly or indirectly, in the order of the log. */
  readonly effects: readonly HistoryEntry[];
  /** False: the request caused more events than are listed, so effects may be missing. */
  readonly complete: boolean;
}

/** Follows causation in both directions from the event at a position, if it is of this shop. */
export async function readChain(
  source: HistorySource,
  position: Position,
): Promise<Chain | undefined> {
  const { log, reads, storeId } = source;
  const event = await log.readAt(position);
  // The shop in the stream's name is checked too: no writer can choose it.
  if (event?.metadata.storeId !== storeId || storeOf(event.stream) !== storeId) return undefined;
  const known = await findCorrelation(reads, storeId, event.metadata.correlationId);
  const listed = known?.events ?? [];
  const effects = effectsOf(event.id, listed);
  const shown = effects.slice(0, MAX_EFFECTS);
  return {
    event: entryOf(source, event),
    causes: await entriesAt(source, causesOf(event.metadata.causationId, listed)),
    effects: await entriesAt(source, shown),
    complete: known?.count === listed.length && shown.length === effects.length,
  };
}

function causesOf(causationId: string, listed: readonly CorrelatedEvent[]): CorrelatedEvent[] {
  const causes: CorrelatedEvent[] = [];
  const byId = new Map(listed.map((event) => [event.eventId, event]));
  let cause = byId.get(causationId);
  while (cause && !causes.includes(cause)) {
    causes.unshift(cause);
    cause = byId.get(cause.causationId);
  }
  return causes;
}

/** A cause precedes its effects in the log, so one pass from the first event finds all. */
function effectsOf(eventId: string, listed: readonly CorrelatedEvent[]): CorrelatedEvent[] {
  const found = new Set([eventId]);
  return listed.filter((event) => {
    if (!found.has(event.causationId)) return false;
    found.add(event.eventId);
    return true;
  });
}

async function entriesAt(
  source: HistorySource,
  events: readonly CorrelatedEvent[],
): Promise<HistoryEntry[]> {
  const read = await Promise.all(
    events.map(({ position }) => source.log.readAt(parsePosition(position) ?? START)),
  );
  return read.flatMap((event, i) =>
    event?.id === events[i]?.eventId && event ? [entryOf(source, event)] : [],
  );
}
