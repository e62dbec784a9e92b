import fc from 'fast-check';

import { cellsOf, COLUMNS, readCells, readHeader } from '../../../src/cli/catalog/columns.ts';
import { createCsvParser, csvLine } from '../../../src/lib/csv.ts';

const nasty = fc.string({
  minLength: 1,
  unit: fc.constantFrom('=', '"', '\\', '|', '/', ';', ',', '\n', 'é', '-'),
});
const text = fc.oneof(fc.string({ minLength: 1 }), nasty).filter((it) => it.trim() !== '');
const id = fc.string({ minLength: 1, unit: fc.constantFrom('a', '=', '|', '\\', '-', '7') });
const price = fc.integer({ min: 1, max: 1_000_000_000_000 });
const option = fc.record({ modifierId: id, name: text, priceMinor: price });
const group = fc.record({
  groupId: id,
  name: text,
  required: fc.boolean(),
  min: fc.nat(3),
  max: fc.nat(9),
  options: fc.array(option, { minLength: 1, maxLength: 3 }),
});
const product = fc.record(
  {
    productId: id,
    name: text,
    description: text,
    sku: id,
    currency: fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF'),
    priceMinor: price,
    branchPrices: fc.array(fc.record({ branchId: id, priceMinor: price }), { maxLength: 3 }),
    modifierGroups: fc.array(group, { maxLength: 2 }),
    allergens: fc.array(text, { maxLength: 3 }),
    images: fc.array(text, { maxLength: 2 }),
    taxClass: text,
    stockPolicy: fc.constantFrom('none', 'tracked', 'negative-allowed'),
    active: fc.boolean(),
  },
  {
    requiredKeys: [
      'productId',
      'name',
      'currency',
      'priceMinor',
      'branchPrices',
      'modifierGroups',
      'allergens',
      'images',
      'stockPolicy',
      'active',
    ],
  },
);
const FORM = { decimalMark: '.' } as const;

describe('the columns of a file of products', () => {
  it('give the same product back, whatever its texts', () => {
    const marks = fc.constantFrom('.' as const, ',' as const);
    fc.assert(
      fc.property(product, fc.option(text, { nil: '' }), marks, (given, category, decimalMark) => {
        const parser = createCsvParser({ separator: ';', maxRecordLength: 100_000 });
        const lines = [COLUMNS.map(({ name }) => name), cellsOf(given, { category, decimalMark })];
        const [header, row] = [
          ...parser.push(lines.map((cells) => csvLine(cells, ';')).join('')),
          ...parser.end(),
        ];
        const read = readCells(readHeader(header!.cells), row!.cells, { decimalMark });
        const cleared = { description: null, sku: null, taxClass: null };
        expect(read).toEqual({ ...cleared, ...given, category: category || null });
      }),
    );
  });

  it('are found by name, in any order and case', () => {
    const columns = readHeader([' PRICE', 'Sku', 'currency ']);
    expect(readCells(columns, ['3.50', ' A-1 ', 'eur'], FORM)).toEqual({
      priceMinor: 350,
      sku: 'A-1',
      currency: 'EUR',
    });
    expect(readCells(readHeader(['price']), ['3'], { ...FORM, currency: 'JPY' })).toEqual({
      priceMinor: 3,
      currency: 'JPY',
    });
  });

  it('must be known, and there once', () => {
    expect(() => readHeader(['sku', 'prize'])).toThrow('found "prize"');
    expect(() => readHeader(['sku', 'SKU'])).toThrow('expected the column sku once');
  });

  it.each([
    [['price'], ['3.50'], 'expected a currency, found nothing'],
    [['price', 'currency'], ['3.505', 'EUR'], 'expected an amount of EUR such as 123.45'],
    [['price', 'currency'], ['3.5', 'XYZ'], 'expected an ISO 4217 code, found XYZ'],
    [['branchPrices', 'currency'], ['airport', 'EUR'], 'expected branch=price, found airport'],
    [['active'], ['perhaps'], 'expected yes or no, found perhaps'],
    [['modifierGroups'], ['{}'], 'expected a JSON list of modifier groups'],
    [['sku', 'name'], ['A'], 'expected 2 cells, found 1'],
  ])('%j with %j: %s', (header, row, message) => {
    expect(() => readCells(readHeader(header), row, FORM)).toThrow(message);
  });
});
