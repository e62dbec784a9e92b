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

/** The newest day of which the log has all, and the first one. */
export function healedDays(days: readonly string[]): { newest: string; first: string } {
  const whole = days.toSorted().slice(1, -1);
  return { newest: whole.at(-1) ?? '', first: whole[0] ?? '' };
}
