import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { strict } from '../kernel/schema.ts';
import { SettingValue } from './events.ts';

export const settingCommands = defineCommands({
  ChangeSetting: strict({ value: SettingValue }),
  RemoveSetting: strict({}),
});

export type SettingCommand = CommandOf<typeof settingCommands>;
