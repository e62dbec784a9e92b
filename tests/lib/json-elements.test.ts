import fc from 'fast-check';

import { createJsonElements, type JsonElement } from '../../src/lib/json-elements.ts';

function read(text: string, size = 3, maxLength = 10_000): JsonElement[] {
  const parser = createJsonElements(maxLength);
  const characters = Array.from(text);
  const found: JsonElement[] = [];
  for (let at = 0; at < characters.length; at += size) {
    found.push(...parser.push(characters.slice(at, at + size).join('')));
  }
  parser.end();
  return found;
}

describe('elements of lists in a JSON text', () => {
  it('are those that JSON.parse finds, whatever they hold', () => {
    const layout = fc.constantFrom(undefined, 2, '\t');
    const size = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), layout, size, (values, space, pieces) => {
        const found = read(JSON.stringify(values, null, space), pieces);
        expect(found.map(({ text }) => JSON.parse(text) as unknown)).toEqual(
          JSON.parse(JSON.stringify(values)),
        );
        expect(found.map(({ index }) => index)).toEqual(values.map((_, i) => i));
      }),
    );
  });

  it('come with the field of their list; other fields are passed over', () => {
    const text = JSON.stringify({
      cursor: '[not,a,list]',
      errors: { objects: [1] },
      objects: [{ id: 'a', parts: [1, 2] }, 'b'],
      count: 2,
      related_objects: [],
      'pro"ducts': [null],
    });
    expect(read(text)).toEqual([
      { list: 'objects', index: 0, text: '{"id":"a","parts":[1,2]}' },
      { list: 'objects', index: 1, text: '"b"' },
      { list: 'pro\\"ducts', index: 0, text: 'null' },
    ]);
  });

  it.each(['', '[1,2', '{"objects":[1]', '["a', 'true', '[1]]', '[1] x'])(
    'are refused in %j',
    (text) => {
      expect(() => read(text)).toThrow(SyntaxError);
    },
  );

  it('have a longest length', () => {
    expect(() => read(`["${'x'.repeat(30)}"]`, 3, 20)).toThrow('at most 20 characters');
  });

  it('names each list, also one without elements', () => {
    const names: string[] = [];
    const parser = createJsonElements(100, (name) => names.push(name));
    parser.push('{"cursor":"x","objects":[],"related":[[1],{"lists":[2]}]}');
    parser.end();
    expect(names).toEqual(['objects', 'related']);
  });
});
