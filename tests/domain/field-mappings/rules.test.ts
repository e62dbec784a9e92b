import fc from 'fast-check';

import {
  applyMappings,
  BUILT_IN,
  FIELDS,
  findFaults,
  healMappings,
  MAPPED_PROVIDERS,
} from '../../../src/domain/field-mappings/index.ts';
import { chooseTemplate, venueTypeOf } from '../../../src/domain/field-mappings/templates.ts';

const pair = (source: string, target: string) => ({ source, target });

describe('A mapping', () => {
  it('is told all that is wrong with it at once', () => {
    expect(
      findFaults('square', [
        pair('event.name', 'item.title'),
        pair('event.age', 'item.description'),
        pair('customer.name', 'item.description'),
      ]),
    ).toEqual([
      'item.title is not a field of square',
      'event.age is not a field of the shop',
      'item.description gets both event.age and customer.name',
      'item.name is required by square and has no source',
      'item.variation.price is required by square and has no source',
    ]);
  });

  it('of every template is without fault', () => {
    for (const provider of MAPPED_PROVIDERS) {
      for (const { mappings } of BUILT_IN[provider]) {
        expect(findFaults(provider, mappings)).toEqual([]);
      }
    }
  });

  it('writes values to their targets and leaves the rest as it is', () => {
    const order = { event: { name: 'Jam', price: 1500 }, customer: { email: 'a@b.example' } };
    const mappings = [
      pair('event.name', 'item.name'),
      pair('event.price', 'item.variation.price'),
      pair('customer.name', 'customer.given_name'),
    ];
    expect(applyMappings(mappings, order)).toEqual({
      ...order,
      item: { name: 'Jam', variation: { price: 1500 } },
    });
  });

  it('changes no object that it is given, and none that all objects share', () => {
    const original = { event: { name: 'Jam' } };
    const result = applyMappings(
      [pair('event.name', '__proto__.polluted'), pair('event.name', 'event.title')],
      original,
    );
    expect(original).toEqual({ event: { name: 'Jam' } });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(result['event']).toEqual({ name: 'Jam', title: 'Jam' });
  });
});

describe('Healing', () => {
  it('takes the best rule before the order of the fields', () => {
    const lost = [pair('event.name', 'Item.Name')];
    const available = ['thing.name', 'new.item.name', 'ITEM.NAME'];
    expect(healMappings(lost, available).changes).toEqual([
      { source: 'event.name', from: 'Item.Name', to: 'ITEM.NAME', rule: 'exact' },
    ]);
    expect(healMappings(lost, available.slice(0, 2)).changes).toEqual([
      { source: 'event.name', from: 'Item.Name', to: 'new.item.name', rule: 'partial' },
    ]);
    expect(healMappings(lost, ['thing.name', 'other.name']).changes).toEqual([
      { source: 'event.name', from: 'Item.Name', to: 'thing.name', rule: 'same-ending' },
    ]);
  });

  it('removes what nothing replaces', () => {
    expect(healMappings([pair('event.name', 'Item.Name')], ['price'])).toEqual({
      mappings: [],
      changes: [{ source: 'event.name', from: 'Item.Name', rule: 'none' }],
    });
  });

  it('leads to targets that are there, each once, reports every change, and is stable', () => {
    const path: fc.Arbitrary<string> = fc.constantFrom(
      'a',
      'a.b',
      'A.B',
      'c.b',
      'a.b.c',
      'c',
      'x.C',
    );
    const targets = fc.uniqueArray(path, { maxLength: 5 });
    fc.assert(
      fc.property(targets, targets, (mapped, available) => {
        const mappings = mapped.map((target, i) => pair(`s${i}`, target));
        const healed = healMappings(mappings, available);
        const reached = healed.mappings.map(({ target }) => target);
        expect(reached.every((target) => available.includes(target))).toBe(true);
        expect(new Set(reached).size).toBe(reached.length);
        const lost = mapped.filter((target) => !available.includes(target));
        expect(healed.changes.map(({ from }) => from)).toEqual(lost);
        const removed = healed.changes.filter(({ rule }) => rule === 'none');
        expect(healed.mappings.length).toBe(mappings.length - removed.length);
        expect(healMappings(healed.mappings, available).changes).toEqual([]);
      }),
    );
  });
});

describe('The template of a venue', () => {
  it.each([
    ['The Laughing Fox', 'comedy_club'],
    ['Concert Hall Music and Comedy', 'comedy_club'],
    ['Old Concert Hall', 'music_venue'],
    ['Royal Theatre', 'theater'],
    ['Summer Festival', 'festival'],
    ['Bistro Lola', 'restaurant'],
    ['Main store', 'shop'],
    ['Casa Marta', 'standard'],
  ])('of %s is for a %s', (name, type) => {
    expect(venueTypeOf(name)).toBe(type);
  });

  it('is the most used one of its type, else the most used default', () => {
    const [comedy] = BUILT_IN.square;
    const standard = BUILT_IN.square.find(({ isDefault }) => isDefault);
    if (!comedy || !standard) throw new Error('expected templates of square');
    const own = { ...comedy, templateId: 'own-1', usageCount: 2 };
    const all = [{ ...comedy, usageCount: 1 }, own, { ...standard, usageCount: 0 }];
    expect(chooseTemplate(all, 'comedy_club')).toBe(own);
    expect(chooseTemplate(all, 'theater')?.templateId).toBe('square-standard');
    expect(chooseTemplate([], 'theater')).toBeUndefined();
  });

  it('needs only fields that the provider requires, or has', () => {
    expect(MAPPED_PROVIDERS.every((provider) => FIELDS[provider].required.length > 0)).toBe(true);
  });
});
