import type { CommandContext, Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { looksSecret, namesSecret } from '../kernel/secret-shape.ts';
import { type SettingCommand, settingCommands } from './commands.ts';
import type { SettingEvent, SettingValue } from './events.ts';

/** `null`: the setting has no value. */
export interface SettingState {
  readonly value: SettingValue | null;
}

/**
 * What a command does to a setting. The same value again is recorded too: a person confirmed it.
 * @throws DomainError setting_is_secret, for which nothing is recorded.
 * @throws NotFoundError setting_not_found
 */
function decide(
  command: SettingCommand,
  { value: previous }: SettingState,
  { entityId: key }: CommandContext,
): readonly SettingEvent[] {
  switch (command.type) {
    case 'ChangeSetting': {
      const { value } = command.data;
      assertOpen(key, value as SettingValue);
      return [{ type: 'SettingChanged', data: { key, value: value as SettingValue, previous } }];
    }
    case 'RemoveSetting':
      if (previous === null) {
        throw new NotFoundError('setting_not_found', `there is no setting ${key}`);
      }
      return [{ type: 'SettingRemoved', data: { key, previous } }];
  }
}

/** Settings are read by many and kept for ever, so a secret may never become one. */
function assertOpen(key: string, value: SettingValue): void {
  const texts = [value].flat().filter((part) => typeof part === 'string');
  if (!namesSecret(key) && !texts.some(looksSecret)) return;
  // Not the value: the message is logged and sent.
  throw new DomainError(
    'setting_is_secret',
    `expected a value of ${key} without keys, tokens and passwords, found what looks like one`,
  );
}

function evolve(_state: SettingState, event: SettingEvent): SettingState {
  return { value: event.type === 'SettingChanged' ? event.data.value : null };
}

export const settingDecider: Decider<SettingState, SettingCommand, SettingEvent> = {
  category: 'setting',
  version: 1,
  initialState: { value: null },
  commands: settingCommands,
  decide,
  evolve,
};
