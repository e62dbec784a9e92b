import { sortNameOf } from '../../../src/lib/search-words.ts';
import {
  searchedTerms,
  termsOf,
} from '../../../src/projections/accounts/customer-search/normalise.ts';

describe('the terms of a customer', () => {
  it.each([
    ['José Ángel MUÑOZ', ['angel', 'jose', 'munoz']],
    ["O'Brien-López", ['lopez', 'obrien']],
    ['Jürgen Groß', ['gross', 'jurgen']],
    ['Łukasz Ødegård', ['lukasz', 'odegard']],
    ['İnci', ['inci']],
    ['王小明', ['王小明']],
    ['Ana  Ana', ['ana']],
    ['Bar 24', ['24', 'bar']],
    ['…!', []],
  ])('of %s are its words without case and accents', (name, terms) => {
    expect(termsOf({ name })).toEqual(terms);
  });

  it('are the same however accents are written', () => {
    expect(termsOf({ name: 'Jose\u0301' })).toEqual(termsOf({ name: 'José' }));
  });

  it('include each end of the phone number', () => {
    expect(termsOf({ name: 'A', phone: '+34 600-1' })).toEqual(
      ['001', '346001', '46001', '6001', 'a'].sort(),
    );
  });

  it('are bounded, and split no character', () => {
    const terms = termsOf({
      name: `${'𝕏𠮷'.repeat(60)} ${'w '.repeat(500)}`,
      phone: '1'.repeat(99),
    });
    expect(terms.length).toBeLessThan(40);
    expect(terms.filter((term) => /\p{Surrogate}/u.test(term))).toEqual([]);
  });
});

describe('a search', () => {
  it.each([
    ['Muñ  JOSE', ['mun', 'jose']],
    ['+34 (600) 001', ['34600001']],
    ['0600', ['600']],
    ['000', ['0']],
    ['marta 600', ['marta', '600']],
    ['-', []],
  ])('for %s is for the beginnings of words, or for a part of a number', (text, terms) => {
    expect(searchedTerms(text)).toEqual(terms);
  });
});

describe('the order of names', () => {
  it('is that of people, not that of bytes', () => {
    const names = ['Zoe', 'ábaco', 'Ábel', 'abril', "D'Arc", 'de la Cruz', 'Ana B', 'Ana'];
    const key = (name: string) => sortNameOf(name);
    expect(names.sort((a, b) => (key(a) < key(b) ? -1 : 1))).toEqual([
      ...['ábaco', 'Ábel', 'abril', 'Ana', 'Ana B', "D'Arc", 'de la Cruz', 'Zoe'],
    ]);
  });
});
