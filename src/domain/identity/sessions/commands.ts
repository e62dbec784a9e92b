import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { Id, oneOf, optional, strict } from '../../kernel/schema.ts';
import { SESSION_ENDS, SIGN_IN_METHODS } from './events.ts';

export const sessionCommands = defineCommands({
  StartSession: strict({ userId: Id, method: oneOf(SIGN_IN_METHODS), deviceId: optional(Id) }),
  EndSession: strict({ reason: oneOf(SESSION_ENDS) }),
});

export type SessionCommand = CommandOf<typeof sessionCommands>;
