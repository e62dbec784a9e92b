import { streamName, type Category } from '../../domain/kernel/names.ts';
import { customerAccounts } from '../accounts/account/projection.ts';
import { orderDetails } from '../orders/details/projection.ts';
import { entityAsOf, type Moment } from './as-of.ts';
import type { HistoryEntry } from './document.ts';
import { entryOf } from './entry.ts';
import type { HistorySource } from './pages.ts';

export type { EntityAsOf, Moment } from './as-of.ts';
export { readChain } from './chain.ts';
export { describeChanges } from './difference.ts';
export { readHistory, type HistoryFilter, type HistorySource } from './pages.ts';

/** An order as it was at a moment, in the form of the read model of today. */
export function orderAsOf({ log, types, storeId }: HistorySource, id: string, moment?: Moment) {
  return entityAsOf(log, types, orderDetails, streamName('order', storeId, id), moment);
}

/** A customer's account as it was at a moment, in the form of the read model of today. */
export function accountAsOf({ log, types, storeId }: HistorySource, id: string, moment?: Moment) {
  return entityAsOf(log, types, customerAccounts, streamName('account', storeId, id), moment);
}

/** More events than this are not told one by one between two revisions. */
const MAX_BETWEEN = 200;

/** The events of an entity after one revision, up to and with another. */
export async function eventsBetween(
  { log, types, storeId }: HistorySource,
  category: Category,
  id: string,
  first: number,
  last: number,
): Promise<readonly HistoryEntry[]> {
  const limit = Math.min(last - first, MAX_BETWEEN);
  if (limit <= 0) return [];
  const stream = streamName(category, storeId, id);
  const events = await log.readStream(stream, { from: first + 1, limit });
  return events.map((event) => entryOf(types, event));
}
