import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import { described, eventData, oneOf } from '../../kernel/schema.ts';
import { LANGUAGES, TOPIC_NAMES } from '../topics.ts';

export const MAX_TEMPLATE_LENGTH = 20_000;

const Source = Type.String({ minLength: 1, maxLength: MAX_TEMPLATE_LENGTH });

export const templateFields = {
  subject: described(Type.String({ minLength: 1, maxLength: 300 }), 'Subject of the e-mail.'),
  text: described(Source, 'Plain text of the e-mail.'),
  html: described(Source, 'The e-mail as HTML; values are escaped.'),
  sms: described(Type.String({ minLength: 1, maxLength: 1_000 }), 'The text message.'),
};

export const templateEvents = defineEvents({
  TemplateSaved: eventData('A shop has changed what a notification says.', {
    topic: oneOf(TOPIC_NAMES, 'What it is about.'),
    language: oneOf(LANGUAGES, 'Its language.'),
    version: Type.Integer({ minimum: 1, description: 'Counts from 1; 0 is the built-in one.' }),
    ...templateFields,
  }),
});
export type TemplateEvent = EventOf<typeof templateEvents>;
