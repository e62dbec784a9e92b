import { type Static, Type } from '@sinclair/typebox';

const closed = { additionalProperties: false };

/** A version of a template that a shop has saved. */
export const TemplateVersionSchema = Type.Object(
  {
    templateId: Type.String(),
    topic: Type.String(),
    language: Type.String(),
    version: Type.Integer(),
    subject: Type.String(),
    text: Type.String(),
    html: Type.String(),
    sms: Type.String(),
    savedAt: Type.String(),
    savedBy: Type.String({ description: 'The key or user that saved it.' }),
  },
  { ...closed, $id: 'TemplateVersion' },
);
export type TemplateVersion = Static<typeof TemplateVersionSchema>;
