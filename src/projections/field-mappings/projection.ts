import type { FieldMappingEvent } from '../../domain/field-mappings/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import { perEntity } from '../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import { byPath, type FieldMappings } from './document.ts';

type Fields = Pick<
  FieldMappings,
  'version' | 'mappings' | 'templateId' | 'templateAppliedAt' | 'templates' | 'uses'
>;

const EMPTY: Fields = { version: 0, mappings: null, templates: [], uses: [] };

/** One document per provider for which a shop has ever mapped fields. */
export const fieldMappings: Projection<FieldMappings, FieldMappingEvent | CommandRefused> = {
  name: 'field-mappings',
  version: 1,
  collection: 'field-mappings',
  indexes: [],
  feed: 'integrations',
  ...perEntity('fieldmapping'),
  evolve(before, event) {
    const { revision, recordedAt: updatedAt, metadata } = event;
    if (event.type === 'CommandRefused') return before && { ...before, revision };
    const { provider } = event.data;
    const fields = changed(before ?? EMPTY, event, updatedAt);
    return { provider, ...fields, revision, updatedAt, updatedBy: metadata.actor.id };
  },
};

function changed(before: Fields, event: FieldMappingEvent, at: string): Fields {
  const { templates, uses } = before;
  switch (event.type) {
    case 'MappingTemplateAdded': {
      const { provider: _provider, mappings: pairs, ...data } = event.data;
      const template = { ...data, mappings: byPath(pairs) };
      const { version, mappings, templateId, templateAppliedAt } = before;
      const kept = { version, mappings, ...omitUndefined({ templateId, templateAppliedAt }), uses };
      return { ...kept, templates: [...templates, template] };
    }
    case 'MappingTemplateApplied': {
      const { version, mappings, templateId } = event.data;
      const applied = { version, mappings: byPath(mappings), templateId, templateAppliedAt: at };
      return { ...applied, templates, uses: used(uses, templateId, at) };
    }
    case 'FieldMappingsRestored': {
      const { version, mappings, templateId } = event.data;
      const restored = { version, mappings: byPath(mappings) };
      return { ...restored, ...omitUndefined({ templateId }), templates, uses };
    }
    case 'FieldMappingsRemoved':
      return { version: event.data.version, mappings: null, templates, uses };
    case 'FieldMappingsSet':
    case 'FieldMappingsHealed': {
      const { version, mappings } = event.data;
      return { version, mappings: byPath(mappings), templates, uses };
    }
  }
}

function used(uses: FieldMappings['uses'], templateId: string, at: string): FieldMappings['uses'] {
  const before = uses.find((use) => use.templateId === templateId);
  const others = uses.filter((use) => use !== before);
  const usageCount = (before?.usageCount ?? 0) + 1;
  return [...others, { templateId, usageCount, lastUsedAt: at }];
}
