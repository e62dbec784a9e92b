import { maskOrigin } from '../../../domain/kernel/mask-personal-data.ts';
import { openedLog } from '../../../engine/personal-data/opened-log.ts';
import type { Reads } from '../../../engine/projections/reads.ts';
import type { OriginReader } from '../../../projections/audit-trail/queries.ts';
import type { HistorySource, Moment } from '../../../projections/history/queries.ts';
import { maskEvents, seesPersonalData } from '../../personal-view.ts';
import type { Caller } from '../../route.ts';
import type { Services } from '../../services.ts';

interface HistoryRequest {
  readonly caller: Caller;
  readonly reads: Reads;
}

/** The history of the caller's shop, with personal data as the caller may see it. */
export function sourceOf(
  { caller, reads }: HistoryRequest,
  { log, types, describe, categories, turns }: Services,
): HistorySource {
  const seen = seesPersonalData(caller)
    ? log
    : openedLog(log, { open: (events) => Promise.resolve(maskEvents(events)) });
  return { log: seen, types, describe, categories, turns, reads, storeId: caller.shop.id };
}

/** From where requests came, masked where the caller must not see it. */
export function originsFor(caller: Caller, { origins }: Services): OriginReader {
  if (seesPersonalData(caller)) return origins.open;
  return async (event) => {
    const origin = await origins.open(event);
    return origin && maskOrigin(origin);
  };
}

/** A time in the format of the log. */
export function timeOf(text: string): string {
  return new Date(text).toISOString();
}

/** A revision, or a time. */
export function momentOf(text: string): Moment {
  return /^\d+$/.test(text) ? { revision: Number(text) } : { at: timeOf(text) };
}
