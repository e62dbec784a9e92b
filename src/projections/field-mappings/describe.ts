import type { FieldMappingEvent } from '../../domain/field-mappings/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';

/** An event of a field mapping in one plain sentence. */
export function describeFieldMappingEvent(event: FieldMappingEvent | CommandRefused): string {
  switch (event.type) {
    case 'FieldMappingsSet': {
      const { provider, version, mappings } = event.data;
      return `Mapping for ${provider} set: ${mappings.length} fields, version ${version}`;
    }
    case 'MappingTemplateApplied': {
      const { provider, version, templateId } = event.data;
      return `Template ${templateId} applied to ${provider}, version ${version}`;
    }
    case 'FieldMappingsHealed': {
      const { provider, changes } = event.data;
      const shown = changes.map(({ from, to }) => `${from} to ${to ?? 'nothing'}`).join(', ');
      return `Mapping for ${provider} healed: ${shown}`;
    }
    case 'FieldMappingsRestored': {
      const { provider, version, restored } = event.data;
      return `Version ${restored} of the mapping for ${provider} restored as version ${version}`;
    }
    case 'FieldMappingsRemoved':
      return `Mapping for ${event.data.provider} removed`;
    case 'MappingTemplateAdded':
      return `Template ${event.data.name} for ${event.data.provider} added`;
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}
