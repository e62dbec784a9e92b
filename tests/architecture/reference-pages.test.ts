import { Type } from '@sinclair/typebox';

import { replaceBlocks } from '../../docs/generate/blocks.ts';
import { eventSection, eventSections } from '../../docs/generate/events.ts';
import { table } from '../../docs/generate/markdown.ts';
import { referencePages } from '../../docs/generate/pages.ts';
import { readModelTable } from '../../docs/generate/projections.ts';
import { notesExample } from '../../examples/notes/feature.ts';
import { described, eventData, Id, Minor, oneOf } from '../../src/domain/kernel/schema.ts';
import { defineFeature } from '../../src/features/feature.ts';
import { features } from '../../src/features/index.ts';

const event = (schema: object) => ({ type: 'Happened', version: 2, schema });

describe('The reference pages', () => {
  it.each(referencePages())('$path is up to date: else run `npm run docs`', (page) => {
    expect(page.found).toBe(page.expected);
  });
});

describe('The generator of the reference pages', () => {
  it('finds every description in the example of a feature', () => {
    expect(eventSections([notesExample])).toContain('In `note-<shop>.<id>`.');
    expect(readModelTable([notesExample])).toContain('| `notes`');
  });

  it('replaces the blocks of a page and keeps all else', () => {
    const page = 'By hand.\n<!-- generated: npm run docs (a b) -->\nold\n<!-- end -->\nMore.\n';

    expect(replaceBlocks('a.md', page, { 'a b': () => 'new' })).toBe(
      'By hand.\n<!-- generated: npm run docs (a b) -->\n\nnew\n\n<!-- end -->\nMore.\n',
    );
  });

  it('rejects a page without one of its blocks, or with an unknown one', () => {
    const page = '<!-- generated: npm run docs (a) -->\n<!-- end -->\n';

    expect(() => replaceBlocks('a.md', 'None.', { a: () => '' })).toThrow(
      'expected a.md to have the blocks a, found ',
    );
    expect(() => replaceBlocks('a.md', page, { b: () => '' })).toThrow('found a');
  });

  it('aligns a table and escapes the bars in its cells', () => {
    expect(table(['A', 'Name'], [['1', 'a|b']])).toBe(
      ['| A   | Name |', '| --- | ---- |', '| 1   | a\\|b |'].join('\n'),
    );
  });

  it('shows an event field by field, with the values of a closed list', () => {
    const schema = eventData('It happened.', {
      kind: oneOf(['big', 'small'], 'How much.'),
      note: Type.Optional(described(Id, 'Free text.')),
      limit: Type.Union([Minor, Type.Null()], { description: '`null`: none.' }),
    });

    expect(eventSection(event(schema)).split('\n')).toEqual([
      '### Happened (version 2)',
      '',
      'It happened.',
      '',
      '| Field   | Type            | Always | Meaning                          |',
      '| ------- | --------------- | ------ | -------------------------------- |',
      '| `kind`  | text            | yes    | How much. One of `big`, `small`. |',
      '| `note`  | text            | no     | Free text.                       |',
      '| `limit` | integer or null | yes    | `null`: none.                    |',
    ]);
  });

  it('rejects an event or a field without a description, and one that says only its unit', () => {
    const section = (schema: object) => () => eventSection(event(schema));

    expect(section(Type.Object({}))).toThrow('expected a description of Happened, found none');
    expect(section(eventData('It happened.', { orderId: Id }))).toThrow(
      'expected a description of Happened.orderId, found none',
    );
    expect(section(eventData('It happened.', { amountMinor: Minor }))).toThrow(
      'expected a description of Happened.amountMinor, found Minor units of the currency.',
    );
  });

  it('shows a read model with its feed, and rejects one whose documents are not described', () => {
    const [projection] = features.flatMap((feature) => feature.projections);
    const { name = '' } = projection ?? {};
    const projections = projection ? [{ ...projection, feed: 'devices' as const }] : [];
    const documents = { [name]: 'A document.' };

    expect(() => readModelTable([defineFeature({ name: 'f', projections })])).toThrow(
      `expected f to say what a document of ${name} is`,
    );
    expect(readModelTable([defineFeature({ name: 'f', projections, documents })])).toContain(
      '| `feed-devices` | A document.   |',
    );
  });
});
