import type { Language, Topic } from '../topics.ts';
import { ENGLISH } from './english.ts';
import { SPANISH } from './spanish.ts';

/** What a notification says, in liquid. */
export interface TemplateText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** As a text message. */
  readonly sms: string;
}

/** Version 0 of each template: what is used until a shop saves its own. */
export function builtInTemplate(topic: Topic, language: Language): TemplateText {
  const { subject, text, sms } = (language === 'es' ? SPANISH : ENGLISH)[topic];
  const paragraphs = text.split('\n\n').map((part) => `<p>${part.replaceAll('\n', '<br>')}</p>`);
  return { subject, text, sms, html: paragraphs.join('\n') };
}
