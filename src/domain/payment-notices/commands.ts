import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { Id, Instant, strict } from '../kernel/schema.ts';

export const noticeCommands = defineCommands({
  ReceiveNotice: strict({ attemptId: Id, signedAt: Instant }),
});

export type NoticeCommand = CommandOf<typeof noticeCommands>;
