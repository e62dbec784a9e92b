import {
  fieldMappingParams,
  fieldMappingRoutes,
} from '../api/routes/field-mappings/field-mappings.ts';
import { historyEntity } from '../api/routes/history/entities.ts';
import {
  fieldMappingDecider,
  type FieldMappingEvent,
  fieldMappingEvents,
} from '../domain/field-mappings/index.ts';
import { describeFieldMappingEvent } from '../projections/field-mappings/describe.ts';
import { FieldMappingsSchema } from '../projections/field-mappings/document.ts';
import { fieldMappings as readModel } from '../projections/field-mappings/projection.ts';
import { defineFeature } from './feature.ts';

export const fieldMappings = defineFeature({
  name: 'field-mappings',
  deciders: [fieldMappingDecider],
  events: fieldMappingEvents,
  projections: [readModel],
  documents: {
    'field-mappings':
      'Which fields go where at a provider: `GET /integrations/{provider}/mappings`.',
  },
  routes: fieldMappingRoutes,
  descriptions: [
    {
      category: 'fieldmapping',
      describe: (event) => describeFieldMappingEvent(event as FieldMappingEvent),
    },
  ],
  audit: {
    FieldMappingsSet: { severity: 'MEDIUM' },
    MappingTemplateApplied: { severity: 'MEDIUM' },
    FieldMappingsHealed: { severity: 'MEDIUM' },
    FieldMappingsRestored: { severity: 'MEDIUM' },
    FieldMappingsRemoved: { severity: 'MEDIUM' },
  },
  timeTravel: [
    historyEntity({
      category: 'fieldmapping',
      path: 'field-mappings',
      id: 'provider',
      noun: 'field mapping',
      name: 'FieldMapping',
      article: 'A field mapping',
      notFound: 'field_mappings_not_found',
      params: fieldMappingParams,
      readModel,
      document: FieldMappingsSchema,
    }),
  ],
});
