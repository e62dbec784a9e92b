import fc from 'fast-check';

import { canonicalText, NotCanonicalError } from '../../src/lib/canonical-json.ts';

const integer = fc.oneof(fc.maxSafeInteger(), fc.nat(20)).map((n) => (Object.is(n, -0) ? 0 : n));
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    integer,
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 3 }), tie('json'), { maxKeys: 5 }),
  ),
}));

/** The same value with the fields of its objects in another order. */
function reversed(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as unknown[]).map(reversed);
  const members = Object.entries(value).map(([key, member]) => [key, reversed(member)] as const);
  return Object.fromEntries(members.reverse());
}

describe('The canonical text', () => {
  it('sorts keys by their UTF-16 units, also those that look like numbers', () => {
    expect(canonicalText({ 9: 1, 10: 2, a: 3 })).toBe('{"10":2,"9":1,"a":3}');
    // U+1F600 begins with a unit below U+FB33, and comes after it by code point.
    expect(canonicalText({ '\ufb33': 1, '\u{1f600}': 2 })).toBe('{"\u{1f600}":2,"\ufb33":1}');
  });

  it('is the same whatever the order of the fields, and reads back as the value', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalText(value);
        expect(canonicalText(reversed(value))).toBe(text);
        expect(JSON.parse(text)).toEqual(value);
      }),
    );
  });

  it.each([
    ['a fraction', { a: [1.5] }, '/a/0'],
    ['a negative zero', -0, ''],
    ['more than 53 bits', { n: 2 ** 53 }, '/n'],
    ['no number', { n: NaN }, '/n'],
    ['nothing', { n: undefined }, '/n'],
    ['a lone surrogate', { s: '\ud800' }, '/s'],
    ['a lone surrogate in a key', { '\ud800': 1 }, ''],
  ])('does not exist of %s, and names the place', (_name, value, path) => {
    expect(() => canonicalText(value)).toThrow(NotCanonicalError);
    try {
      canonicalText(value);
    } catch (error) {
      expect(error).toMatchObject({ path });
    }
  });
});
