import { documentKey, streamName } from '../../../src/domain/kernel/names.ts';
import { STORE_ID } from './events.ts';
import { entityIdOf } from './random.ts';

/** What the rows about healing are told. */
export interface HealParameters {
  /** File of a log of `orders` orders over `days` days. */
  readonly log: string;
  /** File of the documents to write; there is none yet. */
  readonly documents: string;
  readonly orders: number;
  readonly days: number;
}

export const HEALED_DOCUMENTS = 100;

/** Orders that are spread over the log, with the names that the log and the documents have for them. */
export function healedOrders(orders: number) {
  return Array.from({ length: HEALED_DOCUMENTS }, (_, i) => {
    const orderId = entityIdOf('replay', Math.floor(((i + 0.5) * orders) / HEALED_DOCUMENTS));
    return { key: documentKey(STORE_ID, orderId), stream: streamName('order', STORE_ID, orderId) };
  });
}

/** The day that is going on, and the first of which the log has all. */
export function healedDays(days: readonly string[]): { newest: string; first: string } {
  const sorted = days.toSorted();
  return { newest: sorted.at(-1) ?? '', first: sorted[1] ?? '' };
}
