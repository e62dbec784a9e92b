import { Type } from '@sinclair/typebox';

import {
  applyMappings,
  BUILT_IN,
  type FieldMapping,
  fieldMappingCommands,
  fieldMappingDecider,
  FIELDS,
  findFaults,
  MappedProviderSchema,
  TemplateId,
  TemplateName,
  VenueTypeSchema,
} from '../../../domain/field-mappings/index.ts';
import { described, Id, optional, strict, Text } from '../../../domain/kernel/schema.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { findCustomerAccount } from '../../../projections/accounts/account/queries.ts';
import {
  byPath,
  FieldMappingsSchema,
  MappingsByPath,
} from '../../../projections/field-mappings/document.ts';
import { findFieldMappings } from '../../../projections/field-mappings/queries.ts';
import { findOrder } from '../../../projections/orders/details/queries.ts';
import { commandRoutes } from '../../command.ts';
import { personalView } from '../../personal-view.ts';
import { query } from '../../query.ts';
import { orNotFound, writtenAt } from '../../responses.ts';
import { type Route, route } from '../../route.ts';
import { written } from '../../schemas.ts';
import { sourceOf } from './preview-source.ts';

const tag = 'Field mappings';
const base = '/integrations/:provider';
const path = `${base}/mappings`;
export const fieldMappingParams = Type.Object({ provider: MappedProviderSchema });
const params = fieldMappingParams;
const READ = 'mappings:read';
const WRITE = 'mappings:write';

const pairsOf = (mappings: Readonly<Record<string, string>>): FieldMapping[] =>
  Object.entries(mappings).map(([source, target]) => ({ source, target }));

const FieldsSchema = strict(
  {
    source: Type.Array(Type.String(), { description: 'Fields of the shop.' }),
    target: Type.Array(Type.String(), { description: 'Fields of the provider.' }),
    required: Type.Array(Type.String(), { description: 'Targets that must have a source.' }),
  },
  { $id: 'MappableFields' },
);

const ChangeSchema = strict({
  source: Type.String(),
  from: Type.String({ description: 'The target that was lost.' }),
  to: optional(Type.String({ description: 'Absent: the mapping was removed.' })),
  rule: Type.String({ description: '`exact`, `partial`, `same-ending` or `none`.' }),
});

const ResponseSchema = Type.Object(
  {
    version: Type.Integer(),
    mappings: Type.Union([MappingsByPath, Type.Null()]),
    templateId: optional(Type.String()),
    changes: optional(Type.Array(ChangeSchema, { description: 'What was healed.' })),
    ...written,
  },
  { additionalProperties: false, $id: 'FieldMappingsChanged' },
);

const TemplateSchema = strict({
  templateId: TemplateId,
  name: TemplateName,
  venueType: VenueTypeSchema,
  mappings: MappingsByPath,
  isDefault: Type.Boolean({ description: 'Taken where no template of the type is there.' }),
  isBuiltIn: Type.Boolean({ description: 'Every shop has it.' }),
  usageCount: Type.Integer({ description: 'How often the shop applied it.' }),
  lastUsedAt: optional(Type.String()),
});
const TemplatesSchema = strict({ items: Type.Array(TemplateSchema) }, { $id: 'MappingTemplates' });

const command = commandRoutes({
  tag,
  decider: fieldMappingDecider,
  commands: fieldMappingCommands,
  id: 'provider',
  response: ResponseSchema,
  respond: (result) => {
    const { version, current } = result.state;
    const [event] = result.events;
    return {
      version,
      mappings: current ? byPath(current.mappings) : null,
      ...omitUndefined({ templateId: current?.templateId }),
      ...(event?.type === 'FieldMappingsHealed' && { changes: [...event.data.changes] }),
      ...writtenAt(result),
    };
  },
});

const PreviewBody = strict({
  orderId: described(Id, 'An order of the shop.'),
  mappings: optional(
    described(MappingsByPath, 'A mapping that is not set; without it, the one that is.'),
  ),
});
const Fields = Type.Record(Type.String(), Type.Unknown());
const PreviewSchema = strict(
  {
    source: described(Fields, 'The order as the mapping reads it.'),
    result: described(Fields, 'The same with every mapped value at its target.'),
    faults: Type.Array(Type.String(), { description: 'All that is wrong with the mapping.' }),
  },
  { $id: 'FieldMappingsPreview' },
);

/** Which fields of a shop go where at a provider. */
export const fieldMappingRoutes: readonly Route[] = [
  query({
    path: `${base}/fields`,
    operationId: 'getMappableFields',
    summary: 'Fields that can be mapped',
    tag,
    permission: READ,
    params,
    response: FieldsSchema,
    waits: false,
    async read({ params: { provider } }) {
      const { source, target, required } = FIELDS[provider];
      return { source: [...source], target: [...target], required: [...required] };
    },
  }),
  query({
    path,
    operationId: 'getFieldMappings',
    summary: 'Which field goes where',
    tag,
    permission: READ,
    params,
    response: FieldMappingsSchema,
    errors: ['field_mappings_not_found'],
    async read({ params: { provider }, reads, caller }) {
      const found = await findFieldMappings(reads, caller.shop.id, provider);
      return orNotFound(found, 'field_mappings_not_found', `field mapping for ${provider}`);
    },
    revision: ({ revision }) => revision,
  }),
  query({
    path: `${base}/templates`,
    operationId: 'listMappingTemplates',
    summary: 'Templates of mappings',
    description: 'Those of every shop first, then the own ones. A shop has 50 of its own at most.',
    tag,
    permission: READ,
    params,
    response: TemplatesSchema,
    async read({ params: { provider }, reads, caller }) {
      const found = await findFieldMappings(reads, caller.shop.id, provider);
      const builtIn = BUILT_IN[provider].map(({ mappings, ...template }) => {
        return { ...template, mappings: byPath(mappings), isBuiltIn: true };
      });
      const own = (found?.templates ?? []).map(({ description: _text, ...template }) => {
        return { ...template, isBuiltIn: false };
      });
      const items = [...builtIn, ...own].map((template) => {
        const use = found?.uses.find(({ templateId }) => templateId === template.templateId);
        const { usageCount = 0, lastUsedAt } = use ?? {};
        return { ...template, usageCount, ...omitUndefined({ lastUsedAt }) };
      });
      return { items };
    },
  }),
  command('SetFieldMappings', {
    method: 'put',
    path,
    operationId: 'setFieldMappings',
    summary: 'Say which field goes where',
    description: 'Replaces the whole mapping. All that is wrong with it is reported at once.',
    permission: WRITE,
    params,
    body: strict({ mappings: MappingsByPath }),
    data: ({ body }) => ({ mappings: pairsOf(body.mappings) }),
    example: {
      mappings: { 'event.name': 'item.name', 'event.price': 'item.variation.price' },
    },
    errors: ['field_mappings_invalid'],
  }),
  command('RemoveFieldMappings', {
    method: 'delete',
    path,
    operationId: 'removeFieldMappings',
    summary: 'Remove the mapping',
    description: 'Values go out unchanged from then on. It can be taken back.',
    permission: 'mappings:delete',
    params,
    errors: ['field_mappings_not_found'],
  }),
  command('ApplyTemplate', {
    path: `${path}/template`,
    operationId: 'applyMappingTemplate',
    summary: 'Take the mapping from a template',
    description:
      'Without `templateId`, the most used template of the type of venue is taken, else the most used default. Without `venueType`, the name of the shop decides.',
    permission: WRITE,
    params,
    body: strict({ templateId: optional(TemplateId), venueType: optional(VenueTypeSchema) }),
    data: ({ body, caller }) => ({ ...body, venueName: caller.shop.name }),
    example: { venueType: 'standard' },
    errors: ['mapping_template_not_found'],
  }),
  command('HealFieldMappings', {
    path: `${path}/heal`,
    operationId: 'healFieldMappings',
    summary: 'Replace targets that the provider does not have any more',
    description:
      'By the best rule: the same name but for its case, one that contains the other, the same ending; within a rule, the first field in the order of the provider. What nothing replaces is removed. Every change is reported.',
    permission: WRITE,
    params,
    example: {},
    errors: ['field_mappings_not_found'],
  }),
  command('UndoFieldMappings', {
    path: `${path}/undo`,
    operationId: 'undoFieldMappings',
    summary: 'Take back the last version',
    permission: WRITE,
    params,
    example: {},
    errors: ['no_earlier_field_mappings'],
  }),
  command('AddMappingTemplate', {
    path: `${base}/templates`,
    operationId: 'addMappingTemplate',
    summary: 'Make a template',
    permission: WRITE,
    params,
    body: strict({
      name: TemplateName,
      description: optional(Text),
      venueType: VenueTypeSchema,
      mappings: MappingsByPath,
      isDefault: optional(Type.Boolean({ description: 'Taken where no other fits.' })),
    }),
    data: (request) => {
      const { name, description, venueType, mappings, isDefault = false } = request.body;
      const templateId = `own-${request.newEntityId()}`;
      const data = { templateId, name, venueType, mappings: pairsOf(mappings), isDefault };
      return { ...data, ...omitUndefined({ description }) };
    },
    example: {
      name: 'Two stages',
      venueType: 'festival',
      mappings: { 'event.name': 'item.name', 'ticket.price': 'item.variation.price' },
    },
    errors: ['field_mappings_invalid', 'mapping_template_exists', 'too_many_mapping_templates'],
  }),
  route({
    method: 'post',
    path: `${path}/preview`,
    operationId: 'previewFieldMappings',
    summary: 'What an order becomes; nothing is sent',
    tag,
    permission: READ,
    params,
    body: PreviewBody,
    status: 200,
    response: PreviewSchema,
    write: false,
    example: { orderId: '35c27e9e1b6f4a0d9c8e7f6a5b4c3d2e' },
    errors: ['order_not_found', 'field_mappings_not_found'],
    async handle({ params: { provider }, body, reads, caller }) {
      const shopId = caller.shop.id;
      const order = await findOrder(reads, shopId, body.orderId);
      const found = orNotFound(order, 'order_not_found', `order ${body.orderId}`);
      const { customerId } = found;
      const customer =
        customerId === undefined ? undefined : await findCustomerAccount(reads, shopId, customerId);
      const seen = customer && personalView(caller, customer, ['name', 'phone', 'email']);
      const set = (await findFieldMappings(reads, shopId, provider))?.mappings ?? undefined;
      const mappings = pairsOf(
        orNotFound(body.mappings ?? set, 'field_mappings_not_found', `mapping for ${provider}`),
      );
      const source = sourceOf(provider, found, seen);
      const result = applyMappings(mappings, source);
      return {
        status: 200,
        body: { source, result, faults: [...findFaults(provider, mappings)] },
      };
    },
  }),
];
