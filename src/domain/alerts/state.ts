import type { AlertEvent, AlertStatus, Severity } from './events.ts';

/** Raises that are remembered, to see whether an alert comes back again and again. */
export const MAX_RECENT_RAISES = 8;

/** The one case of a rule and a subject: it is open at most once at a time. */
export interface KnownAlert {
  readonly status: AlertStatus;
  readonly alertId: string;
  readonly rule: string;
  readonly subject: string;
  readonly severity: Severity;
  readonly occurrence: number;
  readonly raisedAt: string;
  /** Escalations since it was raised. */
  readonly level: number;
  /** Times of the last raises, the newest last. */
  readonly recentRaises: readonly string[];
  /** What was found when it was raised. */
  readonly about: AlertFindings;
}

export type AlertFindings = Readonly<
  Pick<
    Extract<AlertEvent, { type: 'AlertRaised' }>['data'],
    'title' | 'value' | 'threshold' | 'unit' | 'detail' | 'runbook'
  >
>;

export type AlertState = { readonly status: 'none' } | KnownAlert;

export const NO_ALERT: AlertState = { status: 'none' };

export function isOpen(
  state: AlertState,
): state is KnownAlert & { readonly status: 'open' | 'acknowledged' } {
  return state.status === 'open' || state.status === 'acknowledged';
}

export function evolveAlert(state: AlertState, event: AlertEvent): AlertState {
  if (event.type === 'AlertRaised') {
    const { alertId, rule, subject, severity, occurrence, raisedAt } = event.data;
    const before = state.status === 'none' ? [] : state.recentRaises;
    const recentRaises = [...before, raisedAt].slice(-MAX_RECENT_RAISES);
    const { title, value, threshold, unit, detail, runbook } = event.data;
    return {
      ...{ alertId, rule, subject, severity, occurrence, raisedAt, recentRaises },
      about: { title, value, threshold, unit, detail, runbook },
      status: 'open',
      level: 0,
    };
  }
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'AlertAcknowledged':
      return { ...state, status: 'acknowledged' };
    case 'AlertEscalated':
      return { ...state, level: event.data.level };
    case 'AlertResolved':
      return { ...state, status: 'resolved' };
  }
}
