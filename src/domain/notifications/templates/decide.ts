import type { Decider } from '../../kernel/decider.ts';
import type { Language, Topic } from '../topics.ts';
import type { TemplateText } from './built-in.ts';
import { type TemplateCommand, templateCommands } from './commands.ts';
import type { TemplateEvent } from './events.ts';

export interface TemplateState {
  /** 0: the built-in one. */
  readonly version: number;
  readonly saved?: TemplateText;
}

/** One aggregate per topic and language; its events are the versions. */
export const templateDecider: Decider<TemplateState, TemplateCommand, TemplateEvent> = {
  category: 'template',
  version: 1,
  initialState: { version: 0 },
  commands: templateCommands,
  decide: ({ data }, { version }) => [
    { type: 'TemplateSaved', data: { ...data, version: version + 1 } },
  ],
  evolve(_state, { data: { version, subject, text, html, sms } }) {
    return { version, saved: { subject, text, html, sms } };
  },
};

export const templateId = (topic: Topic, language: Language): string => `${topic}-${language}`;
