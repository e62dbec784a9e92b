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
  /** The records of events of one shop, with personal data masked. */
  linesOf(storeId: string, events: readonly RecordedEvent[]): Promise<readonly AuditLine[]>;
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
    async linesOf(storeId, events) {
      const masked = async (event: RecordedEvent) => {
        const origin = await origins.open(event);
        return origin && maskOrigin(origin);
      };
      const reader = { ...source, log, reads: NO_READS, storeId };
      const records = await auditRecords(reader, policy, masked, events.map(maskEvent));
      return records.map((record) => ({
        position: record.position,
        day: record.timestamp.slice(0, 10),
        text: JSON.stringify({ storeId, ...record }),
      }));
    },
  };
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
