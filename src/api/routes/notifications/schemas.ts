import { Type } from '@sinclair/typebox';

import { PERSON_CHANNELS } from '../../../domain/deliveries/index.ts';
import { described, Id, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';
import {
  Choice,
  LANGUAGES,
  SUPPRESSIONS,
  templateFields,
  TOPIC_NAMES,
} from '../../../domain/notifications/index.ts';

const Variables = Type.Record(
  Type.String({ pattern: '^[A-Za-z][A-Za-z0-9]{0,40}$' }),
  Type.String({ maxLength: 1_000 }),
  { description: 'Values for the variables of the template.', maxProperties: 30 },
);
const Line = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\n\\r]*$' });

export const SendBody = strict({
  topic: oneOf(TOPIC_NAMES),
  personId: described(Id, 'A customer, or another person of the shop.'),
  contact: optional(
    strict(
      { name: optional(Line), email: optional(Line), phone: optional(Line) },
      { description: "Of the customer's account when absent." },
    ),
  ),
  language: optional(described(oneOf(LANGUAGES), 'Used unless the person has chosen one.')),
  variables: optional(Variables),
});

export const SendResponse = Type.Object({
  personId: Id,
  deliveries: Type.Array(Type.Object({ channel: oneOf(PERSON_CHANNELS), deliveryId: Id })),
  suppressed: Type.Array(
    Type.Object({ channel: oneOf(PERSON_CHANNELS), reason: oneOf(SUPPRESSIONS) }),
  ),
});

/** The most people of one batch. */
export const MAX_BATCH = 100;

export const BatchBody = strict({
  topic: oneOf(TOPIC_NAMES),
  variables: optional(Variables),
  language: optional(oneOf(LANGUAGES)),
  personIds: Type.Array(Id, { minItems: 1, maxItems: MAX_BATCH, uniqueItems: true }),
});
export const BatchResponse = Type.Object({ items: Type.Array(SendResponse) });

export const PreferencesBody = strict({
  personId: Id,
  language: optional(oneOf(LANGUAGES)),
  choices: optional(Type.Array(Choice, { maxItems: 100 })),
});

export const RestoreBody = strict({ personId: Id, channel: oneOf(PERSON_CHANNELS) });

export const TemplateBody = strict({
  topic: oneOf(TOPIC_NAMES),
  language: oneOf(LANGUAGES),
  ...templateFields,
});

export const PreviewBody = strict({
  topic: oneOf(TOPIC_NAMES),
  language: oneOf(LANGUAGES),
  variables: optional(Variables),
  template: optional(
    strict(
      {
        subject: optional(templateFields.subject),
        text: optional(templateFields.text),
        html: optional(templateFields.html),
        sms: optional(templateFields.sms),
      },
      { description: 'Parts to try instead of those in use.' },
    ),
  ),
});
export const PreviewResponse = Type.Object({
  version: Type.Integer({ description: 'The version in use; 0 is the built-in one.' }),
  subject: Type.String(),
  text: Type.String(),
  html: Type.String(),
  sms: Type.String(),
});

export const TokenParams = Type.Object({ token: Type.String({ minLength: 1, maxLength: 900 }) });
