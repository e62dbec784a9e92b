import type {
  AlertEvent,
  AlertFindings,
  AlertStep,
  KnownAlert,
} from '../../domain/alerts/index.ts';

/** The types of the webhooks. */
const TYPES = {
  AlertRaised: 'alert.raised',
  AlertEscalated: 'alert.escalated',
  AlertAcknowledged: 'alert.acknowledged',
  AlertResolved: 'alert.resolved',
} as const;

/** A step in the life of an alert that contacts are notified of. */
export interface Step extends AlertStep {
  readonly type: (typeof TYPES)[keyof typeof TYPES];
  readonly alertId: string;
  readonly subject: string;
  readonly occurrence: number;
  readonly raisedAt: string;
  readonly about: AlertFindings;
  /** Whether people are notified too: not of what they did, or of what is over. */
  readonly isForPeople: boolean;
}

/**
 * The step of an event; undefined when it is of no use any more: an escalation of an
 * alert that a person takes care of now, or anything but the raise of an alert raised again since.
 */
export function stepOf(storeId: string, event: AlertEvent, now: KnownAlert): Step | undefined {
  const type = TYPES[event.type];
  if (event.type === 'AlertRaised') {
    const { alertId, rule, subject, severity, occurrence, raisedAt } = event.data;
    const { title, value, threshold, unit, detail, runbook } = event.data;
    return {
      ...{ type, storeId, alertId, rule, subject, severity, occurrence, raisedAt },
      ...{ about: { title, value, threshold, unit, detail, runbook }, level: 0 },
      isForPeople: true,
    };
  }
  if (atOf(event) < now.raisedAt) return undefined;
  const isEscalation = event.type === 'AlertEscalated';
  if (isEscalation && now.status !== 'open') return undefined;
  const { alertId, rule, subject, severity, occurrence, raisedAt, about } = now;
  return {
    ...{ type, storeId, alertId, rule, subject, severity, occurrence, raisedAt, about },
    level: isEscalation ? event.data.level : now.level,
    isForPeople: isEscalation,
  };
}

function atOf(event: Exclude<AlertEvent, { type: 'AlertRaised' }>): string {
  switch (event.type) {
    case 'AlertEscalated':
      return event.data.escalatedAt;
    case 'AlertAcknowledged':
      return event.data.acknowledgedAt;
    case 'AlertResolved':
      return event.data.resolvedAt;
  }
}

/** Values for the template `alert`. */
export function mailOf(step: Step): { readonly title: string; readonly details: string } {
  const { severity, subject, about, level, raisedAt, alertId, storeId } = step;
  const { title, detail, value, threshold, unit, runbook } = about;
  const waits = level > 0 ? `Escalation ${level}: no person has acknowledged it. ` : '';
  const found = detail === '' ? '' : `${detail}. `;
  return {
    title: `${level > 0 ? 'Still open: ' : ''}${severity}: ${title} (${subject})`,
    details: `${waits}${found}Measured: ${value} ${unit}, the limit is ${threshold}. Raised at ${raisedAt}. Alert ${alertId} of ${storeId}. See ${runbook} in the operating manual.`,
  };
}

/** Body of the webhook: the same bytes for each attempt. */
export function bodyOf(step: Step, timestamp: string): string {
  const { type, alertId, storeId, rule, subject, severity, level, occurrence } = step;
  const data = {
    ...{ alertId, storeId, rule, subject, severity, level, occurrence },
    raisedAt: step.raisedAt,
    ...step.about,
  };
  return JSON.stringify({ type, timestamp, data });
}
