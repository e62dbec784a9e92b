import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { strict } from '../kernel/schema.ts';
import { searchFields } from './events.ts';

export const searchCommands = defineCommands({ OpenProviderSearch: strict(searchFields) });

export type SearchCommand = CommandOf<typeof searchCommands>;
