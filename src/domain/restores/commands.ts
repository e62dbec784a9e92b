import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { strict } from '../kernel/schema.ts';
import { restoreEvents } from './events.ts';

const { reason } = restoreEvents.definitions.LogRestored.properties;

export const restoreCommands = defineCommands({ RecordRestore: strict({ reason }) });

export type RestoreCommand = CommandOf<typeof restoreCommands>;
