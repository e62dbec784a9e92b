import type { AuditRules } from '../../domain/kernel/audit.ts';
import type { CallerOrigin, RecordedEvent } from '../../domain/kernel/event.ts';
import { instantMs } from '../../domain/kernel/instant.ts';
import { categoryOf } from '../../domain/kernel/names.ts';
import { formatPosition } from '../../domain/kernel/position.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { HistorySource } from '../history/queries.ts';
import { type BeforeAfter, changesOf, type EntityModels } from './changes.ts';
import { classify } from './classify.ts';
import type { AuditRecord } from './document.ts';

const RANDOM_CHARACTERS = 9;

/** How this version of the product audits its events. */
export interface AuditPolicy {
  readonly rules: AuditRules;
  readonly models: EntityModels;
}

/** From where the request behind an event came, as the reader may see it. */
export type OriginReader = (event: RecordedEvent) => Promise<CallerOrigin | undefined>;

/** The audit records of events of one shop, in the same order. */
export async function auditRecords(
  source: HistorySource,
  { rules, models }: AuditPolicy,
  originOf: OriginReader,
  events: readonly RecordedEvent[],
): Promise<readonly AuditRecord[]> {
  const changes = await changesOf(source, models, events);
  const origins = await Promise.all(events.map(originOf));
  return events.map((event, i) => {
    const { metadata } = event;
    const { severity, outcome, ...about } = classify(event, rules);
    const known = models.has(categoryOf(event.stream)) ? changes.get(event.id) : dataOf(event);
    const { before, after } = outcome === 'FAILURE' ? dataOf(event) : (known ?? NOTHING);
    return {
      eventId: auditId(event),
      position: formatPosition(event.position),
      timestamp: event.recordedAt,
      userId: metadata.actor.id,
      userKind: metadata.actor.kind,
      ...about,
      summary: source.describe(event),
      before: before && { ...before },
      after: after && { ...after },
      ...(!known && { omitted: true as const }),
      severity,
      outcome,
      metadata: {
        requestId: metadata.correlationId,
        commandId: metadata.commandId,
        ...omitUndefined({ deviceId: metadata.deviceId, ...named(origins[i]) }),
      },
    };
  });
}

function named({ address, userAgent, sessionId }: CallerOrigin = {}) {
  return { ipAddress: address, userAgent, sessionId };
}

const NOTHING: BeforeAfter = { before: null, after: null };

/** An event whose entity has no read model, or that changed nothing, shows what it holds itself. */
function dataOf({ data }: RecordedEvent): BeforeAfter {
  return { before: null, after: data as Readonly<Record<string, unknown>> };
}

/** The same for every reading of the event. */
function auditId({ id, recordedAt }: RecordedEvent): string {
  const random = id.replace(/[^0-9a-z]/gi, '').slice(-RANDOM_CHARACTERS);
  return `evt_${instantMs(recordedAt)}_${random.toLowerCase()}`;
}
