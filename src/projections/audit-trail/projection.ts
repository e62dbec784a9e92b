import type { AuditRules } from '../../domain/kernel/audit.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { type Category, documentKey } from '../../domain/kernel/names.ts';
import { formatPosition, type Position } from '../../domain/kernel/position.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import { classify, isNotable } from './classify.ts';
import type { AuditEntry } from './document.ts';

export const AUDIT_TRAIL = 'audit-trail';

/** Digits of the largest position, so that keys sort as positions do. */
const POSITION_DIGITS = 19;

/**
 * One document per event that matters for security: refusals, denials, and what the features name.
 * Ordinary sales have none, so that the trail costs no write per sale; they are read from the log.
 */
export const auditTrail = (
  categories: readonly Category[],
  rules: AuditRules,
): Projection<AuditEntry> => ({
  name: AUDIT_TRAIL,
  version: 1,
  collection: 'audit-trail',
  indexes: [
    { name: 'by_time', fields: ['at'] },
    { name: 'by_severity', fields: ['severity', 'at'] },
    { name: 'by_outcome', fields: ['outcome', 'at'] },
    { name: 'by_user', fields: ['userId', 'at'] },
    { name: 'by_action', fields: ['action', 'at'] },
    { name: 'by_resource', fields: ['resource', 'at'] },
  ],
  categories,
  feed: 'integrations',
  keys: (event) => (isNotable(classify(event, rules)) ? [keyOf(event)] : []),
  evolve: (_entry, event) => ({
    ...classify(event, rules),
    position: formatPosition(event.position),
    at: event.recordedAt,
    userId: event.metadata.actor.id,
  }),
});

function keyOf({ metadata, position }: RecordedEvent): string {
  return documentKey(metadata.storeId, sortable(position));
}

function sortable({ commit, prepare }: Position): string {
  return [commit, prepare].map((part) => String(part).padStart(POSITION_DIGITS, '0')).join('-');
}
