import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { strict } from '../kernel/schema.ts';
import { usageFields } from './events.ts';

export const usageCommands = defineCommands({ CountProviderCalls: strict(usageFields) });

export type UsageCommand = CommandOf<typeof usageCommands>;
