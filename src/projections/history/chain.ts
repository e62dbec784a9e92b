import { parsePosition, START, type Position } from '../../domain/kernel/position.ts';
import { storeOf } from '../../domain/kernel/names.ts';
import type { CorrelatedEvent } from './by-correlation/document.ts';
import { findCorrelation } from './by-correlation/queries.ts';
import type { HistoryEntry } from './document.ts';
import { entryOf } from './entry.ts';
import { approximateBytes } from '../../lib/approximate-bytes.ts';
import { MAX_PAGE_BYTES } from './scan.ts';
import type { HistorySource } from './pages.ts';

/** More effects than this are not told one by one. */
const MAX_EFFECTS = 200;

/** An event with what led to it and what came of it. */
export interface Chain {
  readonly event: HistoryEntry;
  /** From the first that the request led to, up to what led to this event directly. */
  readonly causes: readonly HistoryEntry[];
  /** All that came of it, directly or through others, in the order of the log. */
  readonly effects: readonly HistoryEntry[];
  /** False: the request led to more than is listed, so that effects may be missing. */
  readonly complete: boolean;
}

/** Follows causation both ways from the event at a position of this shop. */
export async function readChain(
  source: HistorySource,
  position: Position,
): Promise<Chain | undefined> {
  const { log, reads, storeId } = source;
  const event = await log.readAt(position);
  // The store of the stream is asked for as well: it is what no writer can choose.
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
  const byId = new Map(listed.map((one) => [one.eventId, one]));
  let cause = byId.get(causationId);
  while (cause && !causes.includes(cause)) {
    causes.unshift(cause);
    cause = byId.get(cause.causationId);
  }
  return causes;
}

/** A cause stands before its effects in the log, so that one look from front to back finds all. */
function effectsOf(eventId: string, listed: readonly CorrelatedEvent[]): CorrelatedEvent[] {
  const found = new Set([eventId]);
  return listed.filter((one) => {
    if (!found.has(one.causationId)) return false;
    found.add(one.eventId);
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
