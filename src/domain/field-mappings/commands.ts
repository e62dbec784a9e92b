import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { described, Name, optional, strict, Text } from '../kernel/schema.ts';
import { Pairs, Path, TemplateId, TemplateName, VenueTypeSchema } from './events.ts';

const MAX_TARGETS = 500;

export const fieldMappingCommands = defineCommands({
  SetFieldMappings: strict({ mappings: Pairs }),
  ApplyTemplate: strict({
    templateId: optional(described(TemplateId, 'Without one, that of the type of venue.')),
    venueType: optional(VenueTypeSchema),
    venueName: described(Name, 'The type of venue follows from it where it is not given.'),
  }),
  HealFieldMappings: strict({
    targets: optional(
      Type.Array(Path, {
        maxItems: MAX_TARGETS,
        description: 'The fields that the provider has now; without them, those listed here.',
      }),
    ),
  }),
  UndoFieldMappings: strict({}),
  RemoveFieldMappings: strict({}),
  AddMappingTemplate: strict({
    templateId: TemplateId,
    name: TemplateName,
    description: optional(Text),
    venueType: VenueTypeSchema,
    mappings: Pairs,
    isDefault: Type.Boolean(),
  }),
});

export type FieldMappingCommand = CommandOf<typeof fieldMappingCommands>;
