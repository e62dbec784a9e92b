import type { AlertEvent } from '../../domain/alerts/events.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import { perEntity } from '../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import type { Alert } from './document.ts';

/** One document per alert: the case of a rule and a subject. */
export const alerts: Projection<Alert, AlertEvent | CommandRefused> = {
  name: 'alerts',
  version: 1,
  collection: 'alerts',
  indexes: [
    { name: 'by_time', fields: ['raisedAt'] },
    { name: 'by_status', fields: ['status', 'raisedAt'] },
    { name: 'by_open', fields: ['isOpen', 'raisedAt'] },
  ],
  ...perEntity('alert'),
  evolve(alert, event) {
    const { revision } = event;
    if (event.type === 'AlertRaised') return raised(event.data, revision);
    return alert && { ...alert, revision, ...change(event) };
  },
};

type Raised = Extract<AlertEvent, { type: 'AlertRaised' }>['data'];

function raised(data: Raised, revision: number): Alert {
  return {
    ...data,
    revision,
    status: 'open',
    isOpen: 1,
    level: 0,
    acknowledgedAt: '',
    acknowledgedBy: '',
    resolvedAt: '',
    note: '',
  };
}

function change(event: (AlertEvent | CommandRefused) & RecordedEvent): Partial<Alert> {
  switch (event.type) {
    case 'AlertAcknowledged':
      return {
        status: 'acknowledged',
        acknowledgedAt: event.data.acknowledgedAt,
        acknowledgedBy: event.metadata.actor.id,
        ...noteOf(event.data),
      };
    case 'AlertEscalated':
      return { level: event.data.level };
    case 'AlertResolved':
      return {
        status: 'resolved',
        isOpen: 0,
        resolvedAt: event.data.resolvedAt,
        ...noteOf(event.data),
      };
    default:
      return {};
  }
}

const noteOf = ({ note }: { readonly note?: string }) => (note === undefined ? {} : { note });
