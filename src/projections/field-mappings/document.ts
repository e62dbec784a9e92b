import { type Static, Type } from '@sinclair/typebox';

import {
  MappedProviderSchema,
  Path,
  TemplateId,
  TemplateName,
  VenueTypeSchema,
} from '../../domain/field-mappings/events.ts';
import { optional, strict } from '../../domain/kernel/schema.ts';

/** Source path to target path. */
export const MappingsByPath = Type.Record(Path, Path, {
  maxProperties: 50,
  description: 'Which field goes where: from the path of the source to that of the target.',
});
export type MappingsByPath = Static<typeof MappingsByPath>;

const Use = strict({
  templateId: TemplateId,
  usageCount: Type.Integer({ description: 'How often it was applied.' }),
  lastUsedAt: Type.String(),
});

const OwnTemplate = strict({
  templateId: TemplateId,
  name: TemplateName,
  description: optional(Type.String()),
  venueType: VenueTypeSchema,
  mappings: MappingsByPath,
  isDefault: Type.Boolean(),
});

/** Which fields of the shop go where at one provider, and the shop's templates for it. */
export const FieldMappingsSchema = strict(
  {
    provider: MappedProviderSchema,
    version: Type.Integer({ description: 'Raised by every change; 0: there was none.' }),
    mappings: Type.Union([MappingsByPath, Type.Null()], {
      description: '`null`: there is none, and values go out unchanged.',
    }),
    templateId: optional(Type.String({ description: 'Absent: made by hand.' })),
    templateAppliedAt: optional(Type.String()),
    templates: Type.Array(OwnTemplate, { description: "The shop's own templates." }),
    uses: Type.Array(Use, { description: 'The templates that were applied.' }),
    revision: Type.Integer({ description: 'Revision of the mapping, for If-Match.' }),
    updatedAt: Type.String(),
    updatedBy: Type.String({ description: 'The user or key that changed it.' }),
  },
  { $id: 'FieldMappings' },
);

export const byPath = (
  pairs: readonly { readonly source: string; readonly target: string }[],
): MappingsByPath => Object.fromEntries(pairs.map(({ source, target }) => [source, target]));

export type FieldMappings = Static<typeof FieldMappingsSchema>;
