import {
  type FieldMappingCommand,
  fieldMappingDecider,
  type FieldMappingEvent,
} from '../../../src/domain/field-mappings/index.ts';
import { fold, given } from '../../support/decider.ts';

const provider = 'square' as const;
const named = [
  { source: 'event.name', target: 'item.name' },
  { source: 'event.price', target: 'item.variation.price' },
];
const longer = [...named, { source: 'customer.email', target: 'customer.email_address' }];

const set = (version: number, mappings = named): FieldMappingEvent => ({
  type: 'FieldMappingsSet',
  data: { provider, version, mappings },
});
const applied = (version: number, templateId: string): FieldMappingEvent => ({
  type: 'MappingTemplateApplied',
  data: { provider, version, templateId, mappings: named },
});
const undo: FieldMappingCommand = { type: 'UndoFieldMappings', data: {} };
const apply = (data: object): FieldMappingCommand => ({
  type: 'ApplyTemplate',
  data: { venueName: 'Casa Marta', ...data },
});
const add = (name: string, templateId = 'own-1'): FieldMappingCommand => ({
  type: 'AddMappingTemplate',
  data: { templateId, name, venueType: 'festival', mappings: named, isDefault: false },
});
const on = (...events: FieldMappingEvent[]) => ({
  when: (command: FieldMappingCommand) =>
    given(fieldMappingDecider, events).when(command, { entityId: provider }),
});

describe('The mapping of a provider', () => {
  it('is refused with all that is wrong', () => {
    on()
      .when({ type: 'SetFieldMappings', data: { mappings: named.slice(1) } })
      .thenRefused('field_mappings_invalid');
  });

  it('is taken back version by version', () => {
    const restored = (version: number, of: number, mappings = named): FieldMappingEvent => ({
      type: 'FieldMappingsRestored',
      data: { provider, version, restored: of, mappings },
    });
    on(set(1), set(2, longer), set(3))
      .when(undo)
      .then([restored(4, 2, longer)]);
    on(set(1), set(2, longer), set(3), restored(4, 2, longer))
      .when(undo)
      .then([restored(5, 1)]);
    on(set(1)).when(undo).thenRefused('no_earlier_field_mappings');
  });

  it('comes back after it was removed', () => {
    const removed: FieldMappingEvent = {
      type: 'FieldMappingsRemoved',
      data: { provider, version: 2 },
    };
    on(applied(1, 'square-standard'), removed)
      .when(undo)
      .then([
        {
          type: 'FieldMappingsRestored',
          data: {
            ...{ provider, version: 3, restored: 1 },
            ...{ mappings: named, templateId: 'square-standard' },
          },
        },
      ]);
    on(set(1), removed)
      .when({ type: 'RemoveFieldMappings', data: {} })
      .thenRefused('field_mappings_not_found');
  });

  it('keeps 20 versions', () => {
    const sets = Array.from({ length: 30 }, (_, i) => set(i + 1));
    const state = fold(fieldMappingDecider, sets);
    expect(state.earlier.map(({ version }) => version)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 10),
    );
  });

  it('is healed only where a target is lost', () => {
    on(set(1)).when({ type: 'HealFieldMappings', data: {} }).then([]);
    on(set(1))
      .when({ type: 'HealFieldMappings', data: { targets: ['item.title.name'] } })
      .then([
        {
          type: 'FieldMappingsHealed',
          data: {
            ...{ provider, version: 2 },
            changes: [
              {
                source: 'event.name',
                from: 'item.name',
                to: 'item.title.name',
                rule: 'same-ending',
              },
              { source: 'event.price', from: 'item.variation.price', rule: 'none' },
            ],
            mappings: [{ source: 'event.name', target: 'item.title.name' }],
          },
        },
      ]);
  });
});

describe('A template', () => {
  it('is chosen by its id, by the type of venue, or as the default', () => {
    const templateIn = (events: FieldMappingEvent[], data: object) => {
      const state = fold(fieldMappingDecider, events);
      const context = {
        ...{ storeId: 'a', entityId: provider, commandId: 'c' },
        ...{ now: '2026-11-24T10:00:00.000Z', businessDay: '2026-11-24' },
      };
      const [event] = fieldMappingDecider.decide(apply(data), state, context);
      return event?.type === 'MappingTemplateApplied' ? event.data.templateId : undefined;
    };
    const own: FieldMappingEvent = {
      type: 'MappingTemplateAdded',
      data: {
        ...{ provider, templateId: 'own-1', name: 'Two stages' },
        ...{ venueType: 'festival', mappings: named, isDefault: false },
      },
    };
    expect(templateIn([], {})).toBe('square-standard');
    expect(templateIn([], { venueName: 'Summer festival' })).toBe('square-festival');
    expect(templateIn([], { templateId: 'square-theater' })).toBe('square-theater');
    expect(templateIn([own], { venueType: 'festival' })).toBe('square-festival');
    expect(templateIn([own, applied(1, 'own-1')], { venueType: 'festival' })).toBe('own-1');
    on()
      .when(apply({ templateId: 'gone' }))
      .thenRefused('mapping_template_not_found');
  });

  it('has a name of its own, and there are 50 at most', () => {
    on().when(add('standard')).thenRefused('mapping_template_exists');
    const many = Array.from({ length: 50 }, (_, i): FieldMappingEvent => {
      const command = add(`Stage ${i}`, `own-${i}`);
      return {
        type: 'MappingTemplateAdded',
        data: { provider, ...command.data },
      } as FieldMappingEvent;
    });
    on(...many)
      .when(add('One more', 'own-x'))
      .thenRefused('too_many_mapping_templates');
  });
});
