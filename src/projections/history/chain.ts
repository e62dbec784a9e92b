import { storeOf } from '../../domain/kernel/names.ts';
import { parsePosition, type Position, START } from '../../domain/kernel/position.ts';
import { approximateBytes } from '../../lib/approximate-bytes.ts';
import type { CorrelatedEvent } from './by-correlation/document.ts';
import { findCorrelation } from './by-correlation/queries.ts';
import type { HistoryEntry } from './document.ts';
import { entryOf } from './entry.ts';
import type { HistorySource } from './pages.ts';
import { MAX_PAGE_BYTES } from './scan.ts';

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
  const causes = causesOf(event.metadata.causationId, listed);
  const shownCauses = await entriesAt(source, causes);
  const shownEffects = await entriesAt(source, effects.slice(0, MAX_EFFECTS));
  const isWhole = shownCauses.length === causes.length && shownEffects.length === effects.length;
  return {
    event: entryOf(source, event),
    causes: shownCauses,
    effects: shownEffects,
    complete: known?.count === listed.length && isWhole,
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

/** The entries of events, in order, as long as they are not too large together. */
async function entriesAt(
  source: HistorySource,
  events: readonly CorrelatedEvent[],
): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  let bytes = 0;
  for (const { position, eventId } of events) {
    const event = await source.log.readAt(parsePosition(position) ?? START);
    if (event?.id !== eventId || !event) continue;
    entries.push(entryOf(source, event));
    bytes += approximateBytes(event.data, MAX_PAGE_BYTES);
    if (bytes >= MAX_PAGE_BYTES) break;
  }
  return entries;
}
