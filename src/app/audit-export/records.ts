import type { Severity } from '../../domain/kernel/audit.ts';
import { SEVERITIES } from '../../domain/kernel/audit.ts';
import { InvariantError } from '../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { EventTypes } from '../../domain/kernel/event-types.ts';
import { maskOrigin, maskPersonalData } from '../../domain/kernel/mask-personal-data.ts';
import { type Category, partsOf } from '../../domain/kernel/names.ts';
import type { CallerOrigins } from '../../engine/personal-data/caller-origins.ts';
import { openedLog } from '../../engine/personal-data/opened-log.ts';
import type { Reads } from '../../engine/projections/reads.ts';
import type { FairTurns } from '../../lib/fair-turns.ts';
import type { AuditLine } from '../../ports/audit-sinks.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { classify } from '../../projections/audit-trail/classify.ts';
import type { AuditRecord } from '../../projections/audit-trail/document.ts';
import { type AuditPolicy, auditRecords } from '../../projections/audit-trail/record.ts';

/** Begins the ids of the deliveries that carry audit records: they have no records themselves. */
export const AUDIT_DELIVERY = 'audit-';

export interface RecordsOptions {
  readonly log: EventLog;
  readonly types: EventTypes;
  readonly describe: (event: RecordedEvent) => string;
  readonly categories: readonly Category[];
  readonly turns: FairTurns;
  readonly policy: AuditPolicy;
  readonly origins: Pick<CallerOrigins, 'open'>;
  /** Records below it are not exported; failures always are. */
  readonly severity: Severity;
}

/** Which events are exported, and how. */
export interface ExportedRecords {
  isExported(event: RecordedEvent): boolean;
  /**
   * The records of events of one shop, in the same order, with personal data masked. In slices:
   * each is as much as one page of the audit trail may read, so that no record lacks its changes.
   */
  slicesOf(
    storeId: string,
    events: readonly RecordedEvent[],
  ): AsyncGenerator<readonly AuditLine[], void, undefined>;
}

/** No list is read, only the log. */
const NO_READS: Reads = {
  get: () => Promise.reject(new InvariantError('an export to read no read model')),
  find: () => Promise.reject(new InvariantError('an export to read no read model')),
};

/** A copy outside cannot be erased, so it never holds personal data that is readable. */
export function createExportedRecords(options: RecordsOptions): ExportedRecords {
  const { policy, origins, severity, ...source } = options;
  const lowest = SEVERITIES.indexOf(severity);
  const log = openedLog(source.log, {
    open: (events) => Promise.resolve(events.map(maskEvent)),
  });

  return {
    isExported(event) {
      if (isOfExport(event)) return false;
      const found = classify(event, policy.rules);
      return found.outcome === 'FAILURE' || SEVERITIES.indexOf(found.severity) >= lowest;
    },
    async *slicesOf(storeId, events) {
      const masked = async (event: RecordedEvent) => {
        const origin = await origins.open(event);
        return origin && maskOrigin(origin);
      };
      const reader = { ...source, log, reads: NO_READS, storeId };
      let rest = events.map(maskEvent);
      while (rest.length > 0) {
        const records = await auditRecords(reader, policy, masked, rest);
        const complete = completeRecords(rest, records);
        yield complete.map((record) => lineOf(storeId, record));
        rest = rest.slice(complete.length);
      }
    },
  };
}

/**
 * Those up to the first one that the budget of the page left without its changes. The entity of the
 * first event is always read: when that has no changes, this version cannot read it.
 */
function completeRecords(
  events: readonly RecordedEvent[],
  records: readonly AuditRecord[],
): readonly AuditRecord[] {
  const unreadable = records[0]?.omitted ? events[0]?.stream : undefined;
  const isLeftOut = ({ omitted }: AuditRecord, i: number) =>
    omitted === true && events[i]?.stream !== unreadable;
  const cut = records.findIndex(isLeftOut);
  return cut < 0 ? records : records.slice(0, cut);
}

/** The id stands at the beginning of the text. */
function lineOf(storeId: string, record: AuditRecord): AuditLine {
  const { eventId, position, timestamp } = record;
  const text = JSON.stringify({ storeId, ...record });
  return { eventId, position, day: timestamp.slice(0, 10), text };
}

function isOfExport({ stream }: RecordedEvent): boolean {
  if (!stream.startsWith('delivery-')) return false;
  return partsOf(stream).parts[0]?.startsWith(AUDIT_DELIVERY) ?? false;
}

function maskEvent(event: RecordedEvent): RecordedEvent {
  const data = event.data as { readonly personal?: unknown } | null;
  if (typeof data !== 'object' || data?.personal === undefined) return event;
  return { ...event, data: { ...data, personal: maskPersonalData(data.personal) } };
}
