import type { CommandContext, Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { type AlertCommand, alertCommands } from './commands.ts';
import type { AlertEvent } from './events.ts';
import { type AlertState, evolveAlert, isOpen, type KnownAlert, NO_ALERT } from './state.ts';

/**
 * What a command does to an alert. To raise an open one, to clear or escalate one that needs it no
 * more, or to acknowledge it twice changes nothing: instances may observe the same condition.
 * @throws NotFoundError alert_not_found when it was never raised.
 * @throws DomainError alert_not_open for a person's command about one that is resolved.
 */
function decide(
  command: AlertCommand,
  state: AlertState,
  { entityId: alertId, now }: CommandContext,
): readonly AlertEvent[] {
  if (command.type === 'RaiseAlert') {
    if (isOpen(state)) return [];
    const occurrence = state.status === 'none' ? 1 : state.occurrence + 1;
    const data = { alertId, ...command.data, raisedAt: now, occurrence };
    return [{ type: 'AlertRaised', data }];
  }
  if (state.status === 'none') {
    throw new NotFoundError('alert_not_found', `there is no alert ${alertId}`);
  }
  switch (command.type) {
    case 'ClearAlert':
      if (!isOpen(state)) return [];
      return [resolved(alertId, now, { reason: 'cleared' })];
    case 'EscalateAlert': {
      const { level } = command.data;
      if (state.status !== 'open' || level <= state.level) return [];
      const data = { alertId, severity: state.severity, level, escalatedAt: now };
      return [{ type: 'AlertEscalated', data }];
    }
    case 'AcknowledgeAlert':
      assertOpen(state);
      if (state.status === 'acknowledged') return [];
      return [
        { type: 'AlertAcknowledged', data: { alertId, ...command.data, acknowledgedAt: now } },
      ];
    case 'ResolveAlert':
      assertOpen(state);
      return [resolved(alertId, now, { reason: 'by-hand', ...command.data })];
  }
}

type Why = Pick<Extract<AlertEvent, { type: 'AlertResolved' }>['data'], 'reason' | 'note'>;

function resolved(alertId: string, resolvedAt: string, why: Why): AlertEvent {
  return { type: 'AlertResolved', data: { alertId, ...why, resolvedAt } };
}

function assertOpen(state: KnownAlert): void {
  if (isOpen(state)) return;
  const { alertId, status } = state;
  const message = `expected an open alert ${alertId}, found it ${status}`;
  throw new DomainError('alert_not_open', message, { alertId, status });
}

export const alertDecider: Decider<AlertState, AlertCommand, AlertEvent> = {
  category: 'alert',
  version: 2,
  initialState: NO_ALERT,
  commands: alertCommands,
  decide,
  evolve: evolveAlert,
};
