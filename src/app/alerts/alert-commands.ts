import {
  type AlertCommand,
  alertDecider,
  type AlertEvent,
  alertIdOf,
  type AlertRules,
  type AlertState,
} from '../../domain/alerts/index.ts';
import type { CommandEngine, CommandResult } from '../../engine/commands/command-engine.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Condition } from './conditions.ts';

export interface AlertCommandsOptions {
  readonly commands: CommandEngine;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly instance: string;
  readonly rules: AlertRules;
}

const MAX_DETAIL = 500;

/** Records what becomes of an alert. Each call has a command id of its own. */
export interface AlertCommands {
  raise(condition: Condition): Promise<CommandResult<AlertState, AlertEvent>>;
  clear(condition: Condition): Promise<CommandResult<AlertState, AlertEvent>>;
  escalate(condition: Condition, level: number): Promise<CommandResult<AlertState, AlertEvent>>;
}

export function createAlertCommands(options: AlertCommandsOptions): AlertCommands {
  const { commands, clock, ids, instance, rules } = options;

  function execute({ storeId, rule, subject }: Condition, command: AlertCommand) {
    const now = new Date(clock.now()).toISOString();
    const commandId = ids.uuid();
    return commands.execute(alertDecider, {
      command,
      context: {
        storeId,
        entityId: alertIdOf(rule, subject),
        commandId,
        now,
        businessDay: now.slice(0, 10),
      },
      actor: { kind: 'system', id: instance },
      correlationId: commandId,
      causationId: commandId,
    });
  }

  return {
    raise(condition) {
      const { rule, subject, value = 0, detail } = condition;
      const { title, severity, threshold, unit, runbook } = rules[rule];
      const data = {
        ...{ rule, subject, title, severity, value, threshold, unit, runbook },
        detail: detail.slice(0, MAX_DETAIL),
      };
      return execute(condition, { type: 'RaiseAlert', data });
    },
    clear: (condition) => execute(condition, { type: 'ClearAlert', data: {} }),
    escalate: (condition, level) => execute(condition, { type: 'EscalateAlert', data: { level } }),
  };
}
