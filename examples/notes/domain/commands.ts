import { type CommandOf, defineCommands } from '../../../src/domain/kernel/define-commands.ts';
import { optional, strict, Text } from '../../../src/domain/kernel/schema.ts';

export const noteCommands = defineCommands({
  WriteNote: strict({ text: Text, author: Text }),
  ReviseNote: strict({ text: Text }),
  PinNote: strict({}),
  UnpinNote: strict({}),
  ArchiveNote: strict({ reason: optional(Text) }),
});

export type NoteCommand = CommandOf<typeof noteCommands>;
