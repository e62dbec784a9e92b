import { type Category, streamName } from '../../domain/kernel/names.ts';
import type { HistoryEntry } from './document.ts';
import { entryOf } from './entry.ts';
import type { HistorySource } from './pages.ts';

export { entityAsOf, type EntityAsOf, foldSteps, type Moment } from './as-of.ts';
export { readChain } from './chain.ts';
export { describeChanges } from './difference.ts';
export { findSystemEvent, readSystemHistory } from './system.ts';
export { readEvents, readHistory, type HistoryFilter, type HistorySource } from './pages.ts';

/** Most events between two revisions that one response lists. */
const MAX_BETWEEN = 200;

/** The events of an entity after the revision `first`, up to and including `last`. */
export async function eventsBetween(
  source: HistorySource,
  category: Category,
  id: string,
  first: number,
  last: number,
): Promise<readonly HistoryEntry[]> {
  const limit = Math.min(last - first, MAX_BETWEEN);
  if (limit <= 0) return [];
  const stream = streamName(category, source.storeId, id);
  const events = await source.log.readStream(stream, { from: first + 1, limit });
  return events.map((event) => entryOf(source, event));
}
