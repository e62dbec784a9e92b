import { partsOf } from '../../../domain/kernel/names.ts';
import type { TemplateEvent } from '../../../domain/notifications/templates/events.ts';
import { perEvent } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { TemplateVersion } from './document.ts';

/** One document per version. */
export const templateVersions: Projection<TemplateVersion, TemplateEvent> = {
  name: 'notification-templates',
  version: 1,
  collection: 'notification-templates',
  indexes: [{ name: 'by_time', fields: ['savedAt'] }],
  feed: 'integrations',
  ...perEvent<TemplateEvent>('template', {
    ignores: ({ type }) => type !== 'TemplateSaved',
  }),
  evolve(_document, { data, stream, recordedAt, metadata }) {
    const templateId = partsOf(stream).parts[0] ?? '';
    return { templateId, ...data, savedAt: recordedAt, savedBy: metadata.actor.id };
  },
};
