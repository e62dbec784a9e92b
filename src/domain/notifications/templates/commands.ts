import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { oneOf, strict } from '../../kernel/schema.ts';
import { LANGUAGES, TOPIC_NAMES } from '../topics.ts';
import { templateFields } from './events.ts';

export const templateCommands = defineCommands({
  SaveTemplate: strict({
    topic: oneOf(TOPIC_NAMES),
    language: oneOf(LANGUAGES),
    ...templateFields,
  }),
});
export type TemplateCommand = CommandOf<typeof templateCommands>;
