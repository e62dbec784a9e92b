import type { Outcome, Severity } from '../../domain/kernel/audit.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { streamName } from '../../domain/kernel/names.ts';
import { parsePosition } from '../../domain/kernel/position.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  wherePresent,
} from '../../engine/projections/reads.ts';
import { type HistorySource, readEvents } from '../history/queries.ts';
import { classify, isNotable } from './classify.ts';
import type { AuditEntry, AuditRecord } from './document.ts';
import { AUDIT_TRAIL } from './projection.ts';
import { type AuditPolicy, auditRecords, type OriginReader } from './record.ts';

export type { AuditPolicy, OriginReader } from './record.ts';

/** A record must match all fields. Times are UTC like `Date.toISOString`, both inclusive. */
export interface AuditFilter {
  readonly user?: string | undefined;
  readonly action?: string | undefined;
  /** `<kind>/<id>`. */
  readonly resource?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly outcome?: Outcome | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Default `newest`. */
  readonly order?: 'oldest' | 'newest' | undefined;
}

/**
 * One page of the audit trail of a shop. Records that matter for security are found by the read
 * model; all others by a scan of a bounded part of the log, as in history.
 */
export async function readAuditTrail(
  source: HistorySource,
  policy: AuditPolicy,
  originOf: OriginReader,
  filter: AuditFilter,
  page: PageRequest,
): Promise<Page<AuditRecord>> {
  const { severity = 'INFO', outcome = 'SUCCESS' } = filter;
  const read = isNotable({ severity, outcome }) ? fromReadModel : fromLog;
  const { events, ...next } = await read(source, policy, filter, page);
  return { items: await auditRecords(source, policy, originOf, events), ...next };
}

interface Found {
  readonly events: readonly RecordedEvent[];
  readonly nextCursor?: string;
}

async function fromReadModel(
  { reads, log, storeId }: HistorySource,
  _policy: AuditPolicy,
  { user, action, resource, severity, outcome, from, to, order }: AuditFilter,
  page: PageRequest,
): Promise<Found> {
  const { items, ...next } = await findPage<AuditEntry>(
    reads,
    AUDIT_TRAIL,
    {
      where: wherePresent({ userId: user, action, resource, severity, outcome }),
      ...(from !== undefined || to !== undefined ? { range: rangeOf(from, to) } : {}),
      orderBy: 'at',
      direction: order === 'oldest' ? 'ascending' : 'descending',
    },
    page,
  );
  const events: RecordedEvent[] = [];
  for (const { position } of items) {
    const parsed = parsePosition(position);
    const event = parsed && (await log.readAt(parsed));
    if (event?.metadata.storeId === storeId) events.push(event);
  }
  return { events, ...next };
}

function rangeOf(from: string | undefined, to: string | undefined) {
  return {
    field: 'at',
    ...(from !== undefined && { from }),
    ...(to !== undefined && { below: `${to}\uffff` }),
  };
}

function fromLog(
  source: HistorySource,
  { rules }: AuditPolicy,
  { user, action, resource, severity, outcome, from, to, order }: AuditFilter,
  page: PageRequest,
): Promise<Found> {
  return readEvents(
    source,
    {
      stream: resource === undefined ? undefined : streamOf(source.storeId, resource),
      actor: user,
      from,
      to,
      order: order ?? 'newest',
      where: (event) => {
        const found = classify(event, rules);
        return (
          (action === undefined || found.action === action) &&
          (severity === undefined || found.severity === severity) &&
          (outcome === undefined || found.outcome === outcome)
        );
      },
    },
    page,
  );
}

function streamOf(storeId: string, resource: string): string {
  const [category = '', ...parts] = resource.split('/');
  return streamName(category, storeId, ...parts);
}
