import type { HistorySource, Moment } from '../../../projections/history/queries.ts';
import type { Reads } from '../../../engine/projections/reads.ts';
import type { Caller } from '../../route.ts';
import type { Services } from '../../services.ts';

interface Asking {
  readonly caller: Caller;
  readonly reads: Reads;
}

/** The log as this caller may see it. */
export function sourceOf(
  { caller, reads }: Asking,
  { log, types, describe, categories }: Services,
): HistorySource {
  return { log, types, describe, categories, reads, storeId: caller.shop.id };
}

/** A time as the log writes it. */
export function timeOf(text: string): string {
  return new Date(text).toISOString();
}

/** A revision, or a time. */
export function momentOf(text: string): Moment {
  return /^\d+$/.test(text) ? { revision: Number(text) } : { at: timeOf(text) };
}
