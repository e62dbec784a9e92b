import fc from 'fast-check';

import { createCsvParser, csvLine, type CsvRecord, readSafeText } from '../../src/lib/csv.ts';

const SEPARATOR = fc.constantFrom(',', ';', '\t', '|');
const CELL = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom('"', "'", ',', ';', '\t', '\r', '\n', '=', '+', '-', '@', 'a'),
  }),
  fc.constantFrom('=1+1', '@SUM(A1)', "'=x", '-5', '\ufeffa', ' a ', '\u2028', '💶'),
);
const ROWS = fc.array(fc.array(CELL, { minLength: 2, maxLength: 5 }), { maxLength: 8 });

function parse(text: string, { separator = ',', pieces = 1_000, maxRecordLength = 10_000 } = {}) {
  const parser = createCsvParser({ separator, maxRecordLength });
  const records: CsvRecord[] = [];
  for (let at = 0; at < text.length; at += pieces) {
    records.push(...parser.push(text.slice(at, at + pieces)));
  }
  return [...records, ...parser.end()];
}

const cells = (text: string, options = {}) => parse(text, options).map((record) => record.cells);

describe('CSV', () => {
  it('reads back what it writes, in pieces of any size', () => {
    fc.assert(
      fc.property(ROWS, SEPARATOR, fc.integer({ min: 1, max: 7 }), (rows, separator, size) => {
        const text = rows.map((row) => csvLine(row, separator)).join('');
        const pieces = Array.from(text);
        const parser = createCsvParser({ separator, maxRecordLength: 10_000 });
        const records: CsvRecord[] = [];
        for (let at = 0; at < pieces.length; at += size) {
          records.push(...parser.push(pieces.slice(at, at + size).join('')));
        }
        records.push(...parser.end());
        expect(records.map((record) => record.cells.map(readSafeText))).toEqual(rows);
        expect(records.filter(({ problem }) => problem !== undefined)).toEqual([]);
      }),
    );
  });

  it('writes no cell that a spreadsheet would compute', () => {
    fc.assert(
      fc.property(CELL, (cell) => {
        const [read] = cells(csvLine([cell, ''], ','));
        expect(read?.[0]).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
  });

  it('takes line ends of every system, a byte order mark and quotes around anything', () => {
    expect(cells('\ufeffa,b\r\n"1","x ""y"" z"\n3,"4\r\n5"\r6,7')).toEqual([
      ['a', 'b'],
      ['1', 'x "y" z'],
      ['3', '4\r\n5'],
      ['6', '7'],
    ]);
    expect(cells('a;b,c\n', { separator: ';' })).toEqual([['a', 'b,c']]);
    expect(cells('""')).toEqual([['']]);
    expect(cells('a,\n,')).toEqual([
      ['a', ''],
      ['', ''],
    ]);
    expect(cells('')).toEqual([]);
  });

  it('counts rows as spreadsheets do, with blank lines', () => {
    expect(parse('a\n\nb\r\n\r\n"c\nd"\ne').map(({ row }) => row)).toEqual([1, 3, 5, 6]);
  });

  it('names the problem of a row, and reads the others', () => {
    const records = parse('a"b,c\n"d"e,f\ng,h\n"never closed,i\n');
    expect(records.map(({ row, problem }) => [row, problem])).toEqual([
      [1, 'expected a cell with quotes in it to be quoted, and its quotes doubled'],
      [2, 'expected a separator after a quoted cell'],
      [3, undefined],
      [4, 'expected the end of a quoted cell, found the end'],
    ]);
  });

  it('keeps no more of a row than its limit', () => {
    const [long, next] = parse(`${'x'.repeat(50)},y\nz,1\n`, { maxRecordLength: 20 });
    expect(long?.problem).toBe('expected at most 20 characters in a row');
    expect(long?.cells.join('').length).toBeLessThanOrEqual(20);
    expect(next).toEqual({ cells: ['z', '1'], row: 2 });
  });
});
