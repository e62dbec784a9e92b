import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import { described, eventData, oneOf, strict, Text } from '../kernel/schema.ts';
import { MAPPED_PROVIDERS } from './fields.ts';
import { HEAL_RULES } from './rules.ts';
import { VENUE_TYPES } from './templates.ts';

const MAX_PAIRS = 50;
const MAX_VERSION = 1_000_000;

export const MappedProviderSchema = oneOf(MAPPED_PROVIDERS, 'The provider.');
export const Path = Type.String({
  pattern: '^[A-Za-z_][A-Za-z0-9_]*([.][A-Za-z_][A-Za-z0-9_]*){0,7}$',
  maxLength: 200,
  description: 'A field, as a path with dots.',
});
export const TemplateId = Type.String({ pattern: '^[a-z0-9-]{1,80}$' });
export const TemplateName = Type.String({ minLength: 1, maxLength: 100 });
export const VenueTypeSchema = oneOf(VENUE_TYPES, 'The type of venue that it is for.');

export const Pairs = Type.Array(
  strict({
    source: described(Path, 'Where the value is read.'),
    target: described(Path, 'Where it is written at the provider.'),
  }),
  { maxItems: MAX_PAIRS, description: 'Which field goes where.' },
);

const Version = Type.Integer({
  minimum: 1,
  maximum: MAX_VERSION,
  description: 'The version of the mapping, from 1: every change makes another one.',
});
const provider = MappedProviderSchema;

export const fieldMappingEvents = defineEvents({
  FieldMappingsSet: eventData('A person said which field goes where.', {
    provider,
    version: Version,
    mappings: Pairs,
  }),
  MappingTemplateApplied: eventData('The mapping was taken from a template.', {
    provider,
    version: Version,
    templateId: described(TemplateId, 'The template.'),
    mappings: Pairs,
  }),
  FieldMappingsHealed: eventData(
    'Targets that the provider does not have any more were replaced.',
    {
      provider,
      version: Version,
      changes: Type.Array(
        strict({
          source: described(Path, 'Whose target was lost.'),
          from: described(Path, 'The target that was lost.'),
          to: Type.Optional(described(Path, 'Its replacement; absent: the mapping was removed.')),
          rule: oneOf(
            HEAL_RULES,
            'Why this one: `exact` but for the case, `partial`, `same-ending`.',
          ),
        }),
        { maxItems: MAX_PAIRS, description: 'Each change.' },
      ),
      mappings: Pairs,
    },
  ),
  FieldMappingsRestored: eventData('An earlier version was taken back.', {
    provider,
    version: Version,
    restored: described(Version, 'The version that holds again.'),
    templateId: Type.Optional(described(TemplateId, 'The template it was taken from.')),
    mappings: Pairs,
  }),
  FieldMappingsRemoved: eventData('The mapping was removed: values go out unchanged.', {
    provider,
    version: Version,
  }),
  MappingTemplateAdded: eventData('The shop made a template of its own.', {
    provider,
    templateId: described(TemplateId, 'The template.'),
    name: described(TemplateName, 'Its name, once per provider.'),
    description: Type.Optional(described(Text, 'What it is for.')),
    venueType: VenueTypeSchema,
    mappings: Pairs,
    isDefault: Type.Boolean({ description: 'Whether it is taken where no other fits.' }),
  }),
});

export type FieldMappingEvent = EventOf<typeof fieldMappingEvents>;
