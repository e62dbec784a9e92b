import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { type FieldMappingCommand, fieldMappingCommands } from './commands.ts';
import type { FieldMappingEvent } from './events.ts';
import { type FieldMapping, FIELDS, type MappedProvider } from './fields.ts';
import { findFaults, healMappings } from './rules.ts';
import { BUILT_IN, chooseTemplate, type MappingTemplate, venueTypeOf } from './templates.ts';

/** Templates of its own that a shop may have for one provider. */
export const MAX_TEMPLATES = 50;
/** Versions that can be taken back, one after the other. */
export const MAX_UNDO = 20;

interface MappingVersion {
  readonly version: number;
  readonly mappings: readonly FieldMapping[];
  /** Absent: made by hand. */
  readonly templateId?: string;
}

/** The mapping of a shop's fields to those of one provider, which names the entity. */
export interface FieldMappingState {
  /** Versions made so far. */
  readonly version: number;
  /** Absent: there is none, and values go out unchanged. */
  readonly current?: MappingVersion;
  /** Earlier ones, the newest last. */
  readonly earlier: readonly MappingVersion[];
  readonly templates: readonly MappingTemplate[];
  /** How often each template was applied. */
  readonly usage: Readonly<Record<string, number>>;
}

export const fieldMappingDecider: Decider<
  FieldMappingState,
  FieldMappingCommand,
  FieldMappingEvent
> = {
  category: 'fieldmapping',
  version: 1,
  initialState: { version: 0, earlier: [], templates: [], usage: {} },
  commands: fieldMappingCommands,
  decide,
  evolve,
};

/** The templates of a provider: those of every shop, then the shop's own. */
function templatesOf(provider: MappedProvider, state: FieldMappingState) {
  return [...BUILT_IN[provider], ...state.templates].map((template) => ({
    ...template,
    usageCount: state.usage[template.templateId] ?? 0,
  }));
}

/**
 * @throws NotFoundError field_mappings_not_found, mapping_template_not_found.
 * @throws DomainError field_mappings_invalid with all faults, no_earlier_field_mappings,
 *   mapping_template_exists, too_many_mapping_templates.
 */
function decide(
  command: FieldMappingCommand,
  state: FieldMappingState,
  { entityId }: CommandContext,
): readonly FieldMappingEvent[] {
  const provider = entityId as MappedProvider;
  const version = state.version + 1;
  switch (command.type) {
    case 'SetFieldMappings': {
      const { mappings } = command.data;
      assertValid(provider, mappings);
      return [{ type: 'FieldMappingsSet', data: { provider, version, mappings: [...mappings] } }];
    }
    case 'ApplyTemplate': {
      const { templateId, mappings } = templateFor(provider, state, command.data);
      const data = { provider, version, templateId, mappings: [...mappings] };
      return [{ type: 'MappingTemplateApplied', data }];
    }
    case 'HealFieldMappings': {
      const available = command.data.targets ?? FIELDS[provider].target;
      const { mappings, changes } = healMappings(currentOf(provider, state).mappings, available);
      if (changes.length === 0) return [];
      const data = { provider, version, changes: [...changes], mappings: [...mappings] };
      return [{ type: 'FieldMappingsHealed', data }];
    }
    case 'UndoFieldMappings': {
      const before = state.earlier.at(-1);
      if (!before) {
        const message = `there is no earlier mapping for ${provider}`;
        throw new DomainError('no_earlier_field_mappings', message);
      }
      const { version: restored, templateId, mappings } = before;
      const known = { provider, version, restored, mappings: [...mappings] };
      return [
        { type: 'FieldMappingsRestored', data: { ...known, ...omitUndefined({ templateId }) } },
      ];
    }
    case 'RemoveFieldMappings':
      currentOf(provider, state);
      return [{ type: 'FieldMappingsRemoved', data: { provider, version } }];
    case 'AddMappingTemplate':
      return [added(provider, state, command.data)];
  }
}

function currentOf(provider: MappedProvider, { current }: FieldMappingState): MappingVersion {
  if (current) return current;
  throw new NotFoundError('field_mappings_not_found', `there is no mapping for ${provider}`);
}

function assertValid(provider: MappedProvider, mappings: readonly FieldMapping[]): void {
  const faults = findFaults(provider, mappings);
  if (faults.length === 0) return;
  const message = `expected a mapping that ${provider} takes, found: ${faults.join('; ')}`;
  throw new DomainError('field_mappings_invalid', message, { provider, faults });
}

function templateFor(
  provider: MappedProvider,
  state: FieldMappingState,
  wanted: Extract<FieldMappingCommand, { type: 'ApplyTemplate' }>['data'],
): MappingTemplate {
  const { templateId, venueType, venueName } = wanted;
  const templates = templatesOf(provider, state);
  const found =
    templateId === undefined
      ? chooseTemplate(templates, venueType ?? venueTypeOf(venueName))
      : templates.find((template) => template.templateId === templateId);
  if (found) return found;
  const which = templateId ?? 'for that type of venue';
  throw new NotFoundError('mapping_template_not_found', `${provider} has no template ${which}`);
}

function added(
  provider: MappedProvider,
  { templates }: FieldMappingState,
  data: Extract<FieldMappingCommand, { type: 'AddMappingTemplate' }>['data'],
): FieldMappingEvent {
  assertValid(provider, data.mappings);
  const all = [...BUILT_IN[provider], ...templates];
  const sameName = data.name.toLowerCase();
  const known = all.find(({ templateId, name }) => {
    return templateId === data.templateId || name.toLowerCase() === sameName;
  });
  if (known) {
    const message = `${provider} has a template ${known.name} already`;
    throw new DomainError('mapping_template_exists', message, { templateId: known.templateId });
  }
  if (templates.length >= MAX_TEMPLATES) {
    const message = `expected at most ${MAX_TEMPLATES} templates for ${provider}`;
    throw new DomainError('too_many_mapping_templates', message, { limit: MAX_TEMPLATES });
  }
  const mappings = [...data.mappings];
  return { type: 'MappingTemplateAdded', data: { provider, ...data, mappings } };
}

function evolve(state: FieldMappingState, event: FieldMappingEvent): FieldMappingState {
  switch (event.type) {
    case 'MappingTemplateAdded': {
      const { templateId, name, venueType, mappings, isDefault } = event.data;
      const template = { templateId, name, venueType, mappings, isDefault };
      return { ...state, templates: [...state.templates, template] };
    }
    case 'FieldMappingsRemoved': {
      const { current: _removed, ...rest } = state;
      return { ...rest, version: event.data.version, earlier: withCurrent(state) };
    }
    case 'FieldMappingsRestored': {
      const { version, mappings, templateId } = event.data;
      const current = { version, mappings, ...omitUndefined({ templateId }) };
      return { ...state, version, current, earlier: state.earlier.slice(0, -1) };
    }
    case 'MappingTemplateApplied': {
      const { version, mappings, templateId } = event.data;
      const usage = { ...state.usage, [templateId]: (state.usage[templateId] ?? 0) + 1 };
      const current = { version, mappings, templateId };
      return { ...state, version, current, earlier: withCurrent(state), usage };
    }
    case 'FieldMappingsSet':
    case 'FieldMappingsHealed': {
      const { version, mappings } = event.data;
      return { ...state, version, current: { version, mappings }, earlier: withCurrent(state) };
    }
  }
}

function withCurrent({ current, earlier }: FieldMappingState): readonly MappingVersion[] {
  return current ? [...earlier, current].slice(-MAX_UNDO) : earlier;
}
